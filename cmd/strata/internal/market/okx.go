package market

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// okx tells up to 300 of the newest 1,440 candles at one address and up to 100 of all that
// are over at another, the newest first, with 1 in the last column once they are. Both ends
// are left out: "after" is the later one. Its days are those of Hong Kong unless one asks
// for others. Failures come as HTTP 200.
type okx struct{}

const okxRecent = 1440

func (okx) tooMany() string { return `{"code":"50011","msg":"Too Many Requests","data":[]}` }

func (okx) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	switch path {
	case "/api/v5/market/candles":
		kind = "candles"
	case "/api/v5/market/history-candles":
		kind = "history"
	default:
		return "tickers", 1, Ask{}
	}
	interval := map[string]time.Duration{"1m": time.Minute, "5m": 5 * time.Minute, "1H": time.Hour, "1Dutc": day}[q.Get("bar")]
	return kind, 1, v.asked(q.Get("instId"), interval, layers.Span{From: milliseconds(q, "before").Add(time.Millisecond), To: milliseconds(q, "after")})
}

func (o okx) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	now := time.Now().UTC()
	switch path {
	case "/api/v5/market/tickers":
		if q.Get("instType") != "SPOT" {
			return http.StatusOK, `{"code":"51000","msg":"Parameter instType error","data":[]}`
		}
		var rows []string
		for _, l := range v.listings {
			rows = append(rows, fmt.Sprintf(`{"instType":"SPOT","instId":%q,"last":"%[2]s","lastSz":"17.7","askPx":"%[2]s","bidPx":"%[2]s","open24h":"%[2]s","high24h":"%[2]s","low24h":"%[2]s","volCcy24h":"60824.945945","vol24h":"3130853.79066","ts":"%[3]s"}`,
				l.Symbol, v.ticked(l, now), milli(now)))
		}
		return http.StatusOK, `{"code":"0","msg":"","data":[` + strings.Join(rows, ",") + `]}`
	case "/api/v5/market/candles":
		return o.candles(v, q, about, 300, now.Truncate(max(about.Interval, 1)).Add(-(okxRecent-1)*about.Interval), now)
	case "/api/v5/market/history-candles":
		return o.candles(v, q, about, 100, time.Time{}, now)
	}
	return http.StatusNotFound, `{"code":"404","msg":"Not Found","data":[]}`
}

func (okx) candles(v *Venue, q url.Values, about Ask, most int, since, now time.Time) (int, string) {
	l, ok := v.named(q.Get("instId"))
	switch {
	case !ok:
		return http.StatusOK, `{"code":"51001","msg":"Instrument ID, Instrument ID code, or Spread ID doesn't exist.","data":[]}`
	case about.Interval == 0:
		return http.StatusOK, `{"code":"51000","msg":"Parameter bar error","data":[]}`
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		limit = 100
	}
	from := about.Span.From
	if since.After(from) {
		from = since
	}
	var rows []string
	for _, b := range newest(v.bars(l, about.Interval, from, about.Span.To.Add(-time.Millisecond), now), min(limit, most)) {
		if b.over || !since.IsZero() {
			over := 0
			if b.over {
				over = 1
			}
			rows = append(rows, fmt.Sprintf(`["%s","%s","%s","%s","%s","%d","1202901694.14","1202901694.14","%d"]`, milli(b.open), b.first, b.high, b.low, b.last, b.volume, over))
		}
	}
	return http.StatusOK, `{"code":"0","msg":"","data":[` + strings.Join(rows, ",") + `]}`
}
