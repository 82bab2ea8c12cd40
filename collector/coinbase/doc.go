// Package coinbase reads the prices of Coinbase Exchange, one call a product, a few
// at a time and below the limit of ten a second, and their past, up to 300 candles of
// one product a call, back to its first day.
//
// A content delivery network stands before it and may hand out an answer that is
// five minutes old: the time inside the answer, not the time of the answer, says
// how fresh a price is. Candles have no such time, so one that ended within the last
// five minutes is left out: it may have been read before it was over.
package coinbase
