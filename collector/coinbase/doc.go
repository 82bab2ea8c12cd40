// Package coinbase reads the prices of Coinbase Exchange, one call a product, a few
// at a time and below the limit of ten a second.
//
// A content delivery network stands before it and may hand out an answer that is
// five minutes old: the time inside the answer, not the time of the answer, says
// how fresh a price is.
package coinbase
