package kucoin

import (
	"net/url"
	"strconv"
	"time"

	"strata/layers"
)

// tickersPath asks for all markets.
const tickersPath = "/api/v1/market/allTickers"

// candlesRequest asks for the candles that begin in span, in seconds.
func candlesRequest(listing layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	return "/api/v1/market/candles", url.Values{
		"symbol":  {listing.Symbol},
		"type":    {nameOf(interval)},
		"startAt": {strconv.FormatInt(span.From.Unix(), 10)},
		"endAt":   {strconv.FormatInt(span.To.Unix(), 10)},
	}
}

// nameOf is how KuCoin calls an interval. One that it does not have is refused there.
func nameOf(interval time.Duration) string {
	switch interval {
	case 5 * time.Minute:
		return "5min"
	case time.Hour:
		return "1hour"
	case day:
		return "1day"
	}
	return interval.String()
}
