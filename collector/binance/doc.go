// Package binance reads the prices of Binance from its public mirror of market data,
// which answers where the exchange itself refuses to: one call brings the tickers of
// the markets asked for, another one up to a thousand candles of one market.
//
// Markets are named as the catalogue names them ("TAOUSDT"). One that Binance does
// not know spoils the whole batch, and Binance does not say which: then all markets are
// asked for at once, and those not among them are left out of the next hour's batches.
// Calls have weights, of which an address has so many a minute; who does not stop at
// 429 is banned with 418, and both say for how long.
package binance
