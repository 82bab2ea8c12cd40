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

// chart is an answer of /market_chart. The recording knows neither market values
// nor volumes, so these lists are empty.
type chart struct {
	Prices       []point `json:"prices"`
	MarketCaps   []point `json:"market_caps"`
	TotalVolumes []point `json:"total_volumes"`
}

// point is a time in unix milliseconds and a price.
type point [2]any

// marketChart answers /coins/{id}/market_chart: points five minutes apart for one
// day, an hour apart up to 90 days and a day apart beyond, and the newest price at
// the end. A step in which no recorded bar closed has no point.
func (s *server) marketChart(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	series, ok := s.series(coingecko.Name, r.PathValue("id"))
	days, err := strconv.Atoi(query.Get("days"))
	switch {
	case !ok:
		answer(w, http.StatusNotFound, coingeckoError{"coin not found"})
		return
	case query.Get("vs_currency") != "usd":
		answer(w, http.StatusUnprocessableEntity, coingeckoError{"Missing parameter vs_currency"})
		return
	case err != nil || days < 1:
		answer(w, http.StatusUnprocessableEntity, coingeckoError{"Missing parameter days"})
		return
	case days > 365:
		answer(w, http.StatusUnauthorized, tooFarBack())
		return
	}
	now := s.clock.Recorded(s.clock.Now())
	bars := series.Between(now.AddDate(0, 0, -days), now)
	c := chart{Prices: []point{}, MarketCaps: []point{}, TotalVolumes: []point{}}
	for i, bar := range bars {
		// The last close of each step stands for it; the step that goes on now
		// gives the point at the end.
		at, step := s.shown(bar), chartStep(days)
		if i == len(bars)-1 || s.shown(bars[i+1]).After(ceil(at, step)) {
			c.Prices = append(c.Prices, point{at.UnixMilli(), bar.Price})
		}
	}
	answer(w, http.StatusOK, c)
}

// chartStep returns how far apart the points of a chart of so many days are.
func chartStep(days int) time.Duration {
	switch {
	case days == 1:
		return 5 * time.Minute
	case days <= 90:
		return time.Hour
	}
	return 24 * time.Hour
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
