package binance

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// tickersRequest asks for the short tickers of listings, or of all markets for none.
func tickersRequest(listings []layers.Listing) (path string, query url.Values) {
	query = url.Values{"type": {"MINI"}}
	if len(listings) > 0 {
		symbols := make([]string, len(listings))
		for i, l := range listings {
			symbols[i] = strconv.Quote(l.Symbol)
		}
		query.Set("symbols", "["+strings.Join(symbols, ",")+"]")
	}
	return "/api/v3/ticker/24hr", query
}

// weightOf is the weight of a call for the tickers of so many markets, 0 for all.
func weightOf(markets int) int {
	switch {
	case markets == 0 || markets > 100:
		return 80
	case markets > 20:
		return 40
	}
	return 2
}

// candlesRequest asks for the candles that begin in span. Both ends count in
// milliseconds and are included; days are those of UTC unless another zone is asked for.
func candlesRequest(listing layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	return "/api/v3/klines", url.Values{
		"symbol":    {listing.Symbol},
		"interval":  {nameOf(interval)},
		"startTime": {strconv.FormatInt(span.From.UnixMilli(), 10)},
		"endTime":   {strconv.FormatInt(span.To.UnixMilli()-1, 10)},
		"limit":     {strconv.Itoa(maxRows)},
	}
}

// nameOf is how Binance calls an interval. One that it does not have is refused there.
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
