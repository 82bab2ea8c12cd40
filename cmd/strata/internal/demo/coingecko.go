package demo

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"strata/collector/coingecko"
	"strata/layers"
)

// usdPrice is what CoinGecko says of one coin; with all digits, as precision=full
// asks for.
type usdPrice struct {
	USD           layers.Decimal `json:"usd"`
	LastUpdatedAt int64          `json:"last_updated_at,omitzero"` // unix seconds
}

// simplePrice answers /simple/price. Coins it does not know are left out.
func (s *server) simplePrice(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	for _, name := range []string{"ids", "vs_currencies"} {
		if query.Get(name) == "" {
			answer(w, http.StatusUnprocessableEntity, coingeckoError{"Missing parameter " + name})
			return
		}
	}
	prices := make(map[string]usdPrice)
	if slices.Contains(list(query.Get("vs_currencies")), "usd") {
		for _, id := range list(query.Get("ids")) {
			if price, closed, ok := s.quote(coingecko.Name, id); ok {
				prices[id] = usdPrice{USD: price, LastUpdatedAt: closed.Unix()}
			}
		}
	}
	if query.Get("include_last_updated_at") != "true" {
		for id, price := range prices {
			prices[id] = usdPrice{USD: price.USD}
		}
	}
	answer(w, http.StatusOK, prices)
}

// chart is an answer of /market_chart or /market_chart/range. The recording knows neither market values
// nor volumes, so these lists are empty.
type chart struct {
	Prices       []point `json:"prices"`
	MarketCaps   []point `json:"market_caps"`
	TotalVolumes []point `json:"total_volumes"`
}

// point is a time in unix milliseconds and a price.
type point [2]any

// marketChart answers /coins/{id}/market_chart, which counts days back from now.
func (s *server) marketChart(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	days, err := strconv.Atoi(r.URL.Query().Get("days"))
	if err != nil || days < 1 {
		s.chart(w, r, now, layers.Span{}, "days")
		return
	}
	s.chart(w, r, now, layers.Span{From: now.AddDate(0, 0, -days), To: now}, "")
}

// marketChartRange answers /coins/{id}/market_chart/range, from and to in unix seconds.
func (s *server) marketChartRange(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	var ends [2]time.Time
	for i, name := range []string{"from", "to"} {
		seconds, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		if err != nil {
			s.chart(w, r, now, layers.Span{}, name)
			return
		}
		ends[i] = time.Unix(seconds, 0).UTC()
	}
	if ends[1].After(now) {
		ends[1] = now
	}
	s.chart(w, r, now, layers.Span{From: ends[0], To: ends[1]}, "")
}

// chart answers with the closes of a span, the last of each step; where the span ends
// within a step its newest close stands at the end. A step in which no recorded bar
// closed has no point. A parameter that is missing is said after what is worse.
func (s *server) chart(w http.ResponseWriter, r *http.Request, now time.Time, span layers.Span, missing string) {
	series, ok := s.series(coingecko.Name, r.PathValue("id"))
	if r.URL.Query().Get("vs_currency") != "usd" {
		missing = "vs_currency"
	}
	switch {
	case !ok:
		answer(w, http.StatusNotFound, coingeckoError{"coin not found"})
		return
	case missing != "":
		answer(w, http.StatusUnprocessableEntity, coingeckoError{"Missing parameter " + missing})
		return
	case span.From.Before(now.AddDate(0, 0, -365)):
		answer(w, http.StatusUnauthorized, tooFarBack())
		return
	}
	bars := series.Between(s.clock.Recorded(span.From), s.clock.Recorded(span.To))
	step := chartStep(span, now)
	c := chart{Prices: []point{}, MarketCaps: []point{}, TotalVolumes: []point{}}
	for i, bar := range bars {
		at := s.shown(bar)
		if i == len(bars)-1 || s.shown(bars[i+1]).After(ceil(at, step)) {
			c.Prices = append(c.Prices, point{at.UnixMilli(), bar.Price})
		}
	}
	answer(w, http.StatusOK, c)
}

// chartStep returns how far apart the points of a chart are: five minutes for a day up
// to now, an hour for up to 90 days, a day beyond.
func chartStep(span layers.Span, now time.Time) time.Duration {
	const day = 24 * time.Hour
	switch length := span.To.Sub(span.From); {
	case length <= day && span.To.Equal(now):
		return 5 * time.Minute
	case length <= 90*day:
		return time.Hour
	}
	return day
}

// ceil returns the first multiple of step that is not before t.
func ceil(t time.Time, step time.Duration) time.Time {
	if floor := t.Truncate(step); !floor.Equal(t) {
		return floor.Add(step)
	}
	return t
}

// coingeckoError is how CoinGecko says no.
type coingeckoError struct {
	Error any `json:"error"`
}

// tooFarBack is what CoinGecko says to somebody without a paid key who asks for
// more than a year.
func tooFarBack() coingeckoError {
	return coingeckoError{map[string]any{"status": map[string]any{
		"error_code": 10012,
		"error_message": "Your request exceeds the allowed time range. " +
			"Public API users are limited to querying historical data within the past 365 days.",
	}}}
}

// list reads a list with commas, as CoinGecko does: spaces do not matter.
func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}
