package market

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"strata/layers"
)

// gate tells up to 1,000 candles, none from longer ago than 10,000, the oldest first,
// [t, turnover, CLOSE, high, low, OPEN, volume, over]. Beside from and to there must be no limit.
type gate struct{}

const (
	gateRows = 1000
	gateBack = 10000
)

func (gate) tooMany() string {
	return `{"label":"TOO_MANY_REQUESTS","message":"Request Rate limit Exceeded"}`
}

func (gate) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	if path != "/spot/candlesticks" {
		return "tickers", 1, Ask{}
	}
	interval := map[string]time.Duration{"1m": time.Minute, "5m": 5 * time.Minute, "1h": time.Hour, "1d": day}[q.Get("interval")]
	return "candles", 1, v.asked(q.Get("currency_pair"), interval, layers.Span{From: seconds(q, "from"), To: seconds(q, "to").Add(interval)})
}

func (g gate) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	switch path {
	case "/spot/tickers":
		var rows []string
		for _, l := range v.listings {
			rows = append(rows, fmt.Sprintf(`{"currency_pair":%q,"last":"%[2]s","lowest_ask":"%[2]s","highest_bid":"%[2]s","change_percentage":"1.09","base_volume":"4722.912133756","quote_volume":"122324034.68892","high_24h":"%[2]s","low_24h":"%[2]s"}`,
				l.Symbol, v.ticked(l, time.Now())))
		}
		return http.StatusOK, "[" + strings.Join(rows, ",") + "]"
	case "/spot/candlesticks":
		return g.candles(v, q, about)
	}
	return http.StatusNotFound, `{"label":"NOT_FOUND","message":"not found"}`
}

func (gate) candles(v *Venue, q url.Values, about Ask) (int, string) {
	refuse := func(label, message string) (int, string) {
		return http.StatusBadRequest, fmt.Sprintf(`{"label":%q,"message":%q}`, label, message)
	}
	l, ok := v.named(q.Get("currency_pair"))
	now := time.Now().UTC()
	switch {
	case !ok:
		return refuse("INVALID_CURRENCY_PAIR", "Invalid currency pair "+q.Get("currency_pair"))
	case about.Interval == 0:
		return refuse("INVALID_PARAM_VALUE", "Invalid interval")
	case q.Has("limit") && (q.Has("from") || q.Has("to")):
		return refuse("INVALID_PARAM_VALUE", "limit conflicts with from and to")
	case now.Sub(about.Span.From) > gateBack*about.Interval:
		return refuse("INVALID_PARAM_VALUE", "Candlestick too long ago. Maximum 10000 points ago are allowed")
	case about.Span.To.Sub(about.Span.From) > gateRows*about.Interval:
		return refuse("INVALID_PARAM_VALUE", "Candlestick range too broad. Maximum 1000 data points are allowed per request")
	}
	var rows []string
	for _, b := range v.bars(l, about.Interval, about.Span.From, about.Span.To.Add(-about.Interval), now) {
		rows = append(rows, fmt.Sprintf(`["%s","1157762.868212","%s","%s","%s","%s","%d.07790000","%v"]`, sec(b.open), b.last, b.high, b.low, b.first, b.volume, b.over))
	}
	return http.StatusOK, strings.ReplaceAll("["+strings.Join(rows, ",")+"]", `"0.07790000"`, `"0"`)
}
