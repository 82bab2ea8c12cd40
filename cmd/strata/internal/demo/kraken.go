package demo

import (
	"net/http"
	"strconv"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/collector/kraken"
	"strata/layers"
)

// krakenPatience is how old a close may be for Kraken still to give it. Kraken's
// answers have no time, so nobody could see that a price is an old one.
const krakenPatience = 2 * time.Minute

// krakenAnswer wraps everything that Kraken says.
type krakenAnswer struct {
	Error  []string              `json:"error"`
	Result map[string]krakenPair `json:"result,omitzero"`
}

// krakenPair is the ticker of one pair; of two values the first is of today, the
// second of the last 24 hours.
type krakenPair struct {
	Ask    [3]string `json:"a"` // price, whole lots, lots
	Bid    [3]string `json:"b"`
	Close  [2]string `json:"c"` // price, lots
	Volume [2]string `json:"v"`
	VWAP   [2]string `json:"p"`
	Trades [2]int    `json:"t"`
	Low    [2]string `json:"l"`
	High   [2]string `json:"h"`
	Open   string    `json:"o"`
}

// krakenTicker answers /0/public/Ticker. One unknown pair spoils the whole answer,
// a pair without a close that is new enough is left out, and once the recording is
// over the service is unavailable.
func (s *server) krakenTicker(w http.ResponseWriter, r *http.Request) {
	now := s.clock.Now()
	if now.Sub(s.clock.Shown(s.recording.End)) >= krakenPatience {
		answer(w, http.StatusOK, krakenAnswer{Error: []string{"EService:Unavailable"}})
		return
	}
	result := make(map[string]krakenPair)
	for _, pair := range s.krakenPairs(r, now) {
		series, ok := s.series(kraken.Name, pair)
		if !ok {
			answer(w, http.StatusOK, krakenAnswer{Error: []string{"EQuery:Unknown asset pair"}})
			return
		}
		if last, ok := series.At(s.clock.Recorded(now)); ok && now.Sub(s.shown(last)) < krakenPatience {
			result[pair] = s.krakenPair(series, last, now)
		}
	}
	answer(w, http.StatusOK, krakenAnswer{Error: []string{}, Result: result})
}

// krakenPairs returns the pairs that are asked for, or all when none is named.
func (s *server) krakenPairs(r *http.Request, now time.Time) []string {
	if pairs := list(r.URL.Query().Get("pair")); len(pairs) > 0 {
		return pairs
	}
	var pairs []string
	for _, listing := range s.catalogue.Listings(kraken.Name, now) {
		pairs = append(pairs, listing.Symbol)
	}
	return pairs
}

// krakenPair makes a ticker out of recorded closes. Nothing else was recorded: bid,
// ask and average are the close, and a bar counts as one trade of one unit.
func (s *server) krakenPair(series *recording.Series, last recording.Bar, now time.Time) krakenPair {
	today := series.Between(s.clock.Recorded(now.Truncate(24*time.Hour)), s.clock.Recorded(now))
	day := series.Between(s.clock.Recorded(now.Add(-24*time.Hour)), s.clock.Recorded(now))
	if len(today) == 0 {
		today = []recording.Bar{last} // the first minute of a day goes on from the day before
	}
	price := last.Price.String()
	pair := krakenPair{
		Ask: [3]string{price, "1", "1.000"}, Bid: [3]string{price, "1", "1.000"},
		Close: [2]string{price, "1.00000000"}, VWAP: [2]string{price, price}, Open: today[0].Price.String(),
	}
	for i, bars := range [][]recording.Bar{today, day} {
		low, high := extremes(bars)
		pair.Low[i], pair.High[i] = low.String(), high.String()
		pair.Trades[i], pair.Volume[i] = len(bars), strconv.Itoa(len(bars))+".00000000"
	}
	return pair
}

// extremes returns the lowest and the highest close of at least one bar.
func extremes(bars []recording.Bar) (low, high layers.Decimal) {
	low, high = bars[0].Price, bars[0].Price
	for _, bar := range bars {
		if bar.Price.Cmp(low) < 0 {
			low = bar.Price
		}
		if bar.Price.Cmp(high) > 0 {
			high = bar.Price
		}
	}
	return low, high
}
