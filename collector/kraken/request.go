package kraken

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

const (
	tickerPath = "/0/public/Ticker"
	ohlcPath   = "/0/public/OHLC"
)

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

// ohlcRequest asks for the candles that begin in span or later. Kraken takes since for
// the beginning of the last candle that one has, and counts intervals in minutes.
func ohlcRequest(listing layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	return ohlcPath, url.Values{
		"assetVersion": {"1"},
		"pair":         {listing.Symbol},
		"interval":     {strconv.FormatInt(int64(interval/time.Minute), 10)},
		"since":        {strconv.FormatInt(span.From.Add(-time.Nanosecond).Unix(), 10)},
	}
}
