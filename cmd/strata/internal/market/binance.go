package market

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// binance tells up to 1,000 candles from the beginning of a span on, the oldest first, and counts
// what calls weigh. One unknown symbol spoils a batch.
type binance struct{}

const binanceRows = 1000

func (binance) tooMany() string {
	return `{"code":-1003,"msg":"Too much request weight used; current limit is 6000 request weight per 1 MINUTE."}`
}

func (b binance) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	if path == "/api/v3/klines" {
		interval := map[string]time.Duration{"1m": time.Minute, "5m": 5 * time.Minute, "1h": time.Hour, "1d": day}[q.Get("interval")]
		return "", 2, v.asked(q.Get("symbol"), interval, layers.Span{From: milliseconds(q, "startTime"), To: milliseconds(q, "endTime").Add(time.Millisecond)})
	}
	switch n := len(b.symbols(q)); {
	case n == 0 || n > 100:
		return "", 80, Ask{}
	case n > 20:
		return "", 40, Ask{}
	}
	return "", 2, Ask{}
}

func (binance) symbols(q url.Values) (symbols []string) {
	_ = json.Unmarshal([]byte(q.Get("symbols")), &symbols)
	return symbols
}

func (b binance) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	switch path {
	case "/api/v3/ticker/24hr":
		return b.tickers(v, b.symbols(q))
	case "/api/v3/klines":
		return b.candles(v, q, about)
	}
	return http.StatusNotFound, `{"code":-1000,"msg":"Not Found"}`
}

func (binance) tickers(v *Venue, symbols []string) (int, string) {
	if len(symbols) == 0 {
		for _, l := range v.listings {
			symbols = append(symbols, l.Symbol)
		}
	}
	now := time.Now()
	var rows []string
	for _, s := range symbols {
		l, ok := v.named(s)
		if !ok {
			return http.StatusBadRequest, `{"code":-1121,"msg":"Invalid symbol."}`
		}
		rows = append(rows, fmt.Sprintf(`{"symbol":%q,"openPrice":"%[2]s","highPrice":"%[2]s","lowPrice":"%[2]s","lastPrice":"%[2]s","volume":"33278.39129000","quoteVolume":"2354076638.59660790","openTime":%[3]s,"closeTime":%[4]s,"firstId":1,"lastId":9,"count":9}`,
			s, v.ticked(l, now), milli(now.Add(-day)), milli(now)))
	}
	return http.StatusOK, "[" + strings.Join(rows, ",") + "]"
}

func (binance) candles(v *Venue, q url.Values, about Ask) (int, string) {
	l, ok := v.named(q.Get("symbol"))
	switch {
	case !ok:
		return http.StatusBadRequest, `{"code":-1121,"msg":"Invalid symbol."}`
	case about.Interval == 0:
		return http.StatusBadRequest, `{"code":-1120,"msg":"Invalid interval."}`
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil {
		limit = 500
	}
	bars := v.bars(l, about.Interval, about.Span.From, about.Span.To.Add(-time.Millisecond), time.Now().UTC())
	var rows []string
	for _, b := range bars[:min(len(bars), limit, binanceRows)] {
		rows = append(rows, fmt.Sprintf(`[%s,"%s","%s","%s","%s","%d.00000000",%s,"606930.2679",2032,"40967.46","360028.7897","0"]`,
			milli(b.open), b.first, b.high, b.low, b.last, b.volume, milli(b.open.Add(about.Interval-time.Millisecond))))
	}
	return http.StatusOK, "[" + strings.Join(rows, ",") + "]"
}
