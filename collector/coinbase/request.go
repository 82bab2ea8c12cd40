package coinbase

import (
	"net/url"
	"strconv"
	"time"

	"strata/layers"
)

// tickerRequest is the path of one product's last trade.
func tickerRequest(listing layers.Listing) (path string) {
	return productPath(listing) + "/ticker"
}

// candlesRequest asks for the candles that begin in span. Coinbase counts both ends
// in, and refuses a call for more than 300 candles instead of giving the first of them.
func candlesRequest(listing layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	last := span.To.Add(-time.Nanosecond).Truncate(interval)
	first := span.From.Add(interval - time.Nanosecond).Truncate(interval)
	return productPath(listing) + "/candles", url.Values{
		"granularity": {strconv.FormatInt(int64(interval/time.Second), 10)},
		"start":       {strconv.FormatInt(first.Unix(), 10)},
		"end":         {strconv.FormatInt(last.Unix(), 10)},
	}
}

func productPath(listing layers.Listing) string { return "/products/" + url.PathEscape(listing.Symbol) }
