// Package gate reads the prices of Gate: one call brings the tickers of all markets,
// another one up to a thousand candles of one market.
//
// Markets are named as the catalogue names them ("TAO_USDT"). Gate gives no time of a
// price; a market without a trade in 24 hours is taken for silent. Columns of a
// candle come in an order of their own, close before high, low and open. No candle is
// handed out that began more than ten thousand intervals ago, which is 34 days for
// five minutes.
package gate
