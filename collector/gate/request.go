package gate

import (
	"net/url"
	"strconv"
	"time"

	"strata/layers"
)

// tickersPath asks for all markets: there is a call for one and a call for all.
const tickersPath = "/spot/tickers"

// candlesRequest asks for the candles that begin in span. Both ends count in seconds
// and are included, and a limit beside them is an error.
func candlesRequest(listing layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	return "/spot/candlesticks", url.Values{
		"currency_pair": {listing.Symbol},
		"interval":      {nameOf(interval)},
		"from":          {strconv.FormatInt(span.From.Unix(), 10)},
		"to":            {strconv.FormatInt(span.To.Add(-time.Nanosecond).Unix(), 10)},
	}
}

// nameOf is how Gate calls an interval. One that it does not have is refused there.
func nameOf(interval time.Duration) string {
	switch interval {
	case 5 * time.Minute:
		return "5m"
	case time.Hour:
		return "1h"
	case day:
		return "1d"
	}
	return interval.String()
}
