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

// defillama tells the price that is nearest to each point of a grid, with a time of its
// own, up to 500 points in one call. A coin that it does not know is simply not there.
type defillama struct{}

const (
	llamaPoints = 500
	llamaLate   = 31 * time.Second
)

func (defillama) tooMany() string { return `{"message":"Too many requests"}` }

func (defillama) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	ids, ok := strings.CutPrefix(path, "/chart/")
	if !ok {
		return "", 1, Ask{}
	}
	period := q.Get("period")
	n, _ := strconv.Atoi(strings.TrimRight(period, "mhd"))
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": day}[strings.TrimLeft(period, "0123456789")]
	points, _ := strconv.Atoi(q.Get("span"))
	from := seconds(q, "start")
	about = Ask{Interval: time.Duration(n) * unit, Span: layers.Span{From: from, To: from.Add(time.Duration(points) * time.Duration(n) * unit)}}
	for id := range strings.SplitSeq(ids, ",") {
		if l, ok := v.named(id); ok {
			about.Tokens = append(about.Tokens, l.Token)
		}
	}
	return "", 1, about
}

func (d defillama) answer(v *Venue, path string, _ url.Values, about Ask) (int, string) {
	now := time.Now().UTC()
	if ids, ok := strings.CutPrefix(path, "/prices/current/"); ok {
		var rows []string
		for id := range strings.SplitSeq(ids, ",") {
			if l, ok := v.named(id); ok {
				rows = append(rows, fmt.Sprintf(`%s:{"decimals":18,"symbol":"-","price":%s,"timestamp":%s,"confidence":0.99}`, quote(id), v.averaged(l, now), sec(now.Add(-30*time.Second))))
			}
		}
		return http.StatusOK, `{"coins":{` + strings.Join(rows, ",") + `}}`
	}
	points := about.Span.To.Sub(about.Span.From) / max(about.Interval, 1)
	if about.Interval == 0 || int(points)*len(about.Tokens) > llamaPoints {
		return http.StatusBadRequest, `{"message":"too many points"}`
	}
	return d.chart(v, about, now)
}

func (defillama) chart(v *Venue, about Ask, now time.Time) (int, string) {
	var rows []string
	for _, token := range about.Tokens {
		l, _ := v.listing(token)
		var prices []string
		for n := 0; ; n++ {
			at := about.Span.From.Add(time.Duration(n) * about.Interval).Add(llamaLate)
			if !at.Before(about.Span.To) || at.After(now) {
				break
			}
			if !at.Before(v.since(l)) {
				prices = append(prices, fmt.Sprintf(`{"timestamp":%s,"price":%s}`, sec(at), v.averaged(l, at)))
			}
		}
		if len(prices) > 0 {
			rows = append(rows, fmt.Sprintf(`%s:{"symbol":"-","confidence":0.99,"prices":[%s]}`, quote(l.Symbol), strings.Join(prices, ",")))
		}
	}
	return http.StatusOK, `{"coins":{` + strings.Join(rows, ",") + `}}`
}
