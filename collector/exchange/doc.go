// Package exchange reads the answers of exchanges where they are alike: a list of
// tickers, one a market, a list of candles of one market, and a refusal with a code.
//
// What differs from one exchange to the next, names of fields, order of columns,
// units of time, meanings of codes, a source says in a [Tickers], a [Candles] and a
// [Refusals]; what must hold everywhere is written here once. A price is a number in
// quotes, exact. A market that stands there twice, is silent, or trades against
// something else than US dollars or Tether's token is missing, with the reason. A
// candle without a trade is left out. So is one whose prices contradict one another,
// or which does not begin where its interval begins, and when most are like that the
// whole answer is: then the columns are not the ones that were expected.
//
// Every function is pure, and safe on arbitrary bytes.
package exchange
