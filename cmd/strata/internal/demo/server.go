package demo

import (
	"encoding/json"
	"net/http"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

// server answers as the sources would have at the instant the clock shows.
type server struct {
	recording *recording.Recording
	catalogue *layers.Catalogue
	clock     *Clock
}

// handler routes the paths of the three sources, each below its own name.
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /coingecko/api/v3/simple/price", s.simplePrice)
	mux.HandleFunc("GET /coingecko/api/v3/coins/{id}/market_chart", s.marketChart)
	mux.HandleFunc("GET /coingecko/api/v3/coins/{id}/market_chart/range", s.marketChartRange)
	mux.HandleFunc("GET /kraken/0/public/Ticker", s.krakenTicker)
	mux.HandleFunc("GET /coinbase/products/{product}/ticker", s.coinbaseTicker)
	return mux
}

// series returns what was recorded of the token that a source means by a symbol.
func (s *server) series(source, symbol string) (*recording.Series, bool) {
	token, ok := s.catalogue.Resolve(source, symbol, s.clock.Now())
	if !ok {
		return nil, false
	}
	return s.recording.Find(token.Slug)
}

// quote returns the newest close of what a source lists under a symbol, and when
// that bar closed, in shown time. There is none before the first bar closed, and
// after the last one the last stays, with its old time.
func (s *server) quote(source, symbol string) (price layers.Decimal, closed time.Time, ok bool) {
	series, ok := s.series(source, symbol)
	if !ok {
		return layers.Decimal{}, time.Time{}, false
	}
	bar, ok := series.At(s.clock.Recorded(s.clock.Now()))
	return bar.Price, s.shown(bar), ok
}

// shown returns when a bar closed, in shown time.
func (s *server) shown(bar recording.Bar) time.Time {
	return s.clock.Shown(time.Unix(bar.Close, 0).UTC())
}

// answer writes a body as JSON.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone: it will notice by itself
}
