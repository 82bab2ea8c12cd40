// Package coinpaprika reads the prices of CoinPaprika: one call brings all coins that
// its free plan has, each with volume, market value and the time of the price.
//
// Without a key 20,000 calls a month are granted, one every two minutes and a quarter.
// So this source says by [Client.Every] how often it wants to be asked. Coins are
// named as CoinPaprika does, symbol and name in one: "tao-bittensor". The past is for
// paying customers (a refusal with 402), and the documents disagree on how much of it:
// none is asked for.
//
// Facts: the OpenAPI description in coinpaprika/coinpaprika-docs.
package coinpaprika
