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

// kraken knows the newest 720 candles of each interval, the last of which is not over.
// Failures come as HTTP 200.
type kraken struct{}

const krakenRows = 720

func (kraken) tooMany() string { return `{"error":["EGeneral:Too many requests"]}` }

func (kraken) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	if path != "/0/public/OHLC" {
		return "", 1, Ask{}
	}
	minutes, _ := strconv.Atoi(q.Get("interval"))
	return "", 1, v.asked(q.Get("pair"), time.Duration(minutes)*time.Minute, layers.Span{From: seconds(q, "since"), To: time.Now()})
}

func (k kraken) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	switch path {
	case "/0/public/Ticker":
		return http.StatusOK, k.ticker(v, q.Get("pair"))
	case "/0/public/OHLC":
		return http.StatusOK, k.candles(v, q, about)
	}
	return http.StatusNotFound, `{"error":["EGeneral:Unknown method"]}`
}

func (kraken) ticker(v *Venue, pairs string) string {
	wanted := strings.Split(pairs, ",")
	if pairs == "" {
		wanted = nil
		for _, l := range v.listings {
			wanted = append(wanted, l.Symbol)
		}
	}
	result := make(map[string]any)
	for _, pair := range wanted {
		l, ok := v.named(pair)
		if !ok {
			return `{"error":["EQuery:Unknown asset pair"]}`
		}
		last := v.ticked(l, time.Now()).String()
		result[pair] = map[string]any{
			"a": []string{last, "1", "1.000"}, "b": []string{last, "1", "1.000"}, "c": []string{last, "0.60250000"},
			"v": []string{"23.18610564", "4433.77288826"}, "p": []string{last, last}, "t": []int{58, 2757},
			"l": []string{last, last}, "h": []string{last, last}, "o": last,
		}
	}
	return jsonOf(map[string]any{"error": []string{}, "result": result})
}

func (kraken) candles(v *Venue, q url.Values, about Ask) string {
	l, ok := v.named(q.Get("pair"))
	switch about.Interval {
	case time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour, 4 * time.Hour, day:
	default:
		return `{"error":["EGeneral:Invalid arguments"]}`
	}
	if !ok {
		return `{"error":["EQuery:Unknown asset pair"]}`
	}
	now := time.Now().UTC()
	from := now.Truncate(about.Interval).Add(-(krakenRows - 1) * about.Interval)
	if since := about.Span.From.Add(time.Second); since.After(from) {
		from = since
	}
	rows := []json.RawMessage{}
	for _, b := range v.bars(l, about.Interval, from, now, now) {
		rows = append(rows, num(fmt.Sprintf("[%s,%q,%q,%q,%q,%q,%q,%d]",
			sec(b.open), b.first, b.high, b.low, b.last, b.last, fmt.Sprintf("%d.00000000", b.volume), min(b.volume, 7))))
	}
	return jsonOf(map[string]any{"error": []string{}, "result": map[string]any{l.Symbol: rows, "last": now.Truncate(about.Interval).Add(-about.Interval).Unix()}})
}
