// Package generic is a source that is given by configuration alone: a URL, where in
// the answer a price stands, and what the source calls each token.
//
// A URL holds {symbols} for a list with commas, {symbol} for one call a token, or
// neither when one answer has everything:
//
//	https://api.example.com/v2/prices?ids={symbols}
//	https://api.example.com/ticker/{symbol}
//
// A path leads through the answer to a value. Its elements are keys with dots
// between, [0] for an element of an array, and [key=value] for the one element of an
// array that has that member; {symbol} stands for the token's symbol in keys and
// values, whatever characters it has:
//
//	result.{symbol}.c[0]
//	data[symbol={symbol}].price
//	[id={symbol}].quotes.USD.price
//
// It reads as strictly as a source that was written for one place: a path that leads
// nowhere, or to what is no number, gives no price but a reason, and two elements
// that both match give none either.
package generic
