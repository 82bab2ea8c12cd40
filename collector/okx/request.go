package okx

import (
	"net/url"
	"strconv"
	"time"

	"strata/layers"
)

// recent is how many of the newest candles the call for recent ones knows.
const recent = 1440

// tickersRequest asks for all spot markets.
func tickersRequest() (path string, query url.Values) {
	return "/api/v5/market/tickers", url.Values{"instType": {"SPOT"}}
}

// candlesRequest asks for the candles that begin in span. Both ends count in
// milliseconds and are left out; "after" is the later one, seen from pages that go
// back in time.
func candlesRequest(listing layers.Listing, interval time.Duration, span layers.Span, now time.Time) (path string, query url.Values) {
	path = "/api/v5/market/history-candles"
	if now.Sub(span.From) < recent*interval {
		path = "/api/v5/market/candles"
	}
	return path, url.Values{
		"instId": {listing.Symbol},
		"bar":    {nameOf(interval)},
		"before": {strconv.FormatInt(span.From.UnixMilli()-1, 10)},
		"after":  {strconv.FormatInt(span.To.UnixMilli(), 10)},
		"limit":  {strconv.Itoa(maxRows)},
	}
}

// nameOf is how OKX calls an interval. One that it does not have is refused there.
func nameOf(interval time.Duration) string {
	switch interval {
	case 5 * time.Minute:
		return "5m"
	case time.Hour:
		return "1H"
	case day:
		return "1Dutc"
	}
	return interval.String()
}
