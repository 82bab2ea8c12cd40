package kraken

import (
	"net/url"
	"strings"

	"strata/layers"
)

const tickerPath = "/0/public/Ticker"

// tickerRequest asks for the tickers of listings, or of all pairs there are (some
// 430 KB) when listings is empty.
func tickerRequest(listings []layers.Listing) (path string, query url.Values) {
	query = url.Values{"assetVersion": {"1"}}
	pairs := make([]string, len(listings))
	for i, l := range listings {
		pairs[i] = l.Symbol
	}
	if len(pairs) > 0 {
		query.Set("pair", strings.Join(pairs, ","))
	}
	return tickerPath, query
}
