package market

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"strata/layers"
)

// kucoin tells up to 1,500 candles, the newest first, [t, open, CLOSE, high, low, volume,
// turnover], and leaves out intervals without a trade. Its time of tickers is that of all.
type kucoin struct{}

const kucoinRows = 1500

func (kucoin) tooMany() string {
	return `{"code":"429000","msg":"Too many requests, please try again later."}`
}

func (kucoin) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	if path != "/api/v1/market/candles" {
		return "", 15, Ask{}
	}
	interval := map[string]time.Duration{"1min": time.Minute, "5min": 5 * time.Minute, "1hour": time.Hour, "1day": day}[q.Get("type")]
	return "", 3, v.asked(q.Get("symbol"), interval, layers.Span{From: seconds(q, "startAt"), To: seconds(q, "endAt")})
}

func (k kucoin) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	switch path {
	case "/api/v1/market/allTickers":
		now := time.Now()
		var rows []string
		for _, l := range v.listings {
			rows = append(rows, fmt.Sprintf(`{"symbol":%q,"symbolName":%[1]q,"buy":"%[2]s","sell":"%[2]s","changeRate":"-0.0055","high":"%[2]s","low":"%[2]s","vol":"2282.70993217","volValue":"25984946.157790431","last":"%[2]s"}`,
				l.Symbol, v.ticked(l, now)))
		}
		return http.StatusOK, fmt.Sprintf(`{"code":"200000","data":{"time":%s,"ticker":[%s]}}`, milli(now), strings.Join(rows, ","))
	case "/api/v1/market/candles":
		return k.candles(v, q, about)
	}
	return http.StatusNotFound, `{"code":"404000","msg":"Not Found"}`
}

func (kucoin) candles(v *Venue, q url.Values, about Ask) (int, string) {
	l, ok := v.named(q.Get("symbol"))
	switch {
	case !ok:
		return http.StatusOK, `{"code":"400100","msg":"Unsupported trading pair."}`
	case about.Interval == 0:
		return http.StatusOK, `{"code":"400100","msg":"Incorrect candlestick type."}`
	}
	var rows []string
	for _, b := range newest(v.bars(l, about.Interval, about.Span.From, about.Span.To, time.Now().UTC()), kucoinRows) {
		if b.volume > 0 {
			rows = append(rows, fmt.Sprintf(`["%s","%s","%s","%s","%s","%d.88","47618.6"]`, sec(b.open), b.first, b.last, b.high, b.low, b.volume))
		}
	}
	return http.StatusOK, `{"code":"200000","data":[` + strings.Join(rows, ",") + `]}`
}
