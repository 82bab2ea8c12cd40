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

// coinbase tells up to 300 candles, the newest first, [t, LOW, HIGH, OPEN, CLOSE, volume],
// none for an interval without a trade, and as of up to five minutes ago: its answers come
// out of a cache.
type coinbase struct{}

const (
	coinbaseRows   = 300
	coinbaseCached = 299 * time.Second
)

func (coinbase) tooMany() string { return `{"message":"Public rate limit exceeded"}` }

func (coinbase) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	if !strings.HasSuffix(path, "/candles") {
		return "", 1, Ask{}
	}
	granularity, _ := strconv.Atoi(q.Get("granularity"))
	interval := time.Duration(granularity) * time.Second
	return "", 1, v.asked(product(path), interval, layers.Span{From: seconds(q, "start"), To: seconds(q, "end").Add(interval)})
}

// product is the third element of a path: /products/TAO-USD/ticker.
func product(path string) string {
	if parts := strings.Split(path, "/"); len(parts) == 4 && parts[1] == "products" {
		return parts[2]
	}
	return ""
}

func (c coinbase) answer(v *Venue, path string, _ url.Values, about Ask) (int, string) {
	l, ok := v.named(product(path))
	switch {
	case !ok:
		return http.StatusNotFound, `{"message":"NotFound"}`
	case strings.HasSuffix(path, "/ticker"):
		now := time.Now().UTC()
		last := v.ticked(l, now)
		return http.StatusOK, fmt.Sprintf(`{"ask":"%[1]s","bid":"%[1]s","volume":"3406.57536195","trade_id":862973857,"price":"%[1]s","size":"0.00439","time":"%[2]s"}`,
			last, now.Add(-2*time.Second).Format("2006-01-02T15:04:05.999999999Z"))
	case strings.HasSuffix(path, "/candles"):
		return c.candles(v, l, about)
	}
	return http.StatusNotFound, `{"message":"NotFound"}`
}

func (coinbase) candles(v *Venue, l layers.Listing, about Ask) (int, string) {
	switch about.Interval {
	case time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, 6 * time.Hour, day:
	default:
		return http.StatusBadRequest, `{"message":"Unsupported granularity"}`
	}
	if about.Span.To.Sub(about.Span.From) > coinbaseRows*about.Interval {
		return http.StatusBadRequest, `{"message":"granularity too small for the requested time range. Count of aggregations requested exceeds 300"}`
	}
	var rows []string
	for _, b := range newest(v.bars(l, about.Interval, about.Span.From, about.Span.To.Add(-about.Interval), time.Now().Add(-coinbaseCached)), coinbaseRows) {
		if b.volume > 0 {
			rows = append(rows, fmt.Sprintf("[%s,%s,%s,%s,%s,%d.5]", sec(b.open), b.low.number(), b.high.number(), b.first.number(), b.last.number(), b.volume))
		}
	}
	return http.StatusOK, "[" + strings.Join(rows, ",") + "]"
}
