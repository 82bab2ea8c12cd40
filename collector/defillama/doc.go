// Package defillama reads the prices of DefiLlama's coins API, which knows every coin
// of CoinGecko by the same id ("coingecko:bittensor") and every contract by chain and
// address.
//
// Most of its prices are CoinGecko's own, a little later. So it fills gaps and never
// votes beside another source: a median of CoinGecko and its copy would be
// CoinGecko's. It says so by [Client.Derived].
//
// One call brings the latest prices of as many coins as fit a URL, another one up to
// 500 points of the past of several coins. A coin that it does not know, or has had no
// price of for some hours, is simply not in the answer. Each price comes with a
// confidence between 0 and 1.
//
// Facts: defillama-openapi-free.json in DefiLlama/api-docs.
package defillama
