// Package coingecko reads the prices of CoinGecko, the one source that knows every
// token by a stable id, and their past, each with volume and market value.
//
// One call brings the latest prices of up to 250 coins; a call a coin brings its
// history: every five minutes for the last day, every hour for up to 90 days at a
// time and a year back, every day for a year. Without a key the limit is shared by
// everybody behind the same address and is not published; a demo or a pro key, each
// in a header of its own and the latter at a host of its own, raises it. An error may
// come inside an HTTP 200.
//
// Facts: docs.coingecko.com, and the OpenAPI description in
// coingecko/coingecko-api-oas.
package coingecko
