package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers/risk"
)

// Correlations is how the layers moved together in one window.
type Correlations struct {
	Window string `json:"window" example:"7d"`
	Pairs  []Pair `json:"pairs" nullable:"false" doc:"Each two layers once, from the bottom of the stack up"`
}

// Pair is how the indices of two layers moved together.
type Pair struct {
	A           string    `json:"a" example:"infrastructure" doc:"The lower layer"`
	B           string    `json:"b" example:"middleware"`
	At          time.Time `json:"at" doc:"End of the last grid step"`
	Steps       int       `json:"steps" doc:"Steps of the layer grid in the window"`
	ValidSteps  int       `json:"valid_steps" doc:"Steps in which both indices have a return"`
	Correlation *float64  `json:"correlation" doc:"-1 to 1, zero mean"`
	Reasons     reasons   `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

type correlationQuestion struct {
	Window string `query:"window" enum:"24h,7d,30d" default:"7d" doc:"Span over which is measured"`
	At     string `query:"at" example:"2026-11-22T10:00:00Z" doc:"Another instant than now, RFC 3339 or Unix seconds"`
}

func (s *server) registerCorrelation(a huma.API) {
	huma.Register(a, get("/api/v1/correlation", "get-correlation", "layers", "How the indices of the layers moved together in one window",
		http.StatusServiceUnavailable), s.correlation)
}

func (s *server) correlation(ctx context.Context, q *correlationQuestion) (*answer[Correlations], error) {
	of, err := s.pairs(ctx, q)
	if err != nil {
		return nil, err
	}
	c := Correlations{Window: q.Window, Pairs: []Pair{}}
	for _, p := range of {
		why := reasons{}
		c.Pairs = append(c.Pairs, Pair{
			A: p.A, B: p.B, At: p.At.UTC(), Steps: p.Steps, ValidSteps: p.ValidSteps,
			Correlation: why.number("correlation", p.Correlation), Reasons: why,
		})
	}
	return &answer[Correlations]{c}, nil
}

// pairs reads the newest snapshot, or history when another instant is asked for.
func (s *server) pairs(ctx context.Context, q *correlationQuestion) (of []risk.Pair, err error) {
	window, at, err := s.windowAt(WindowAt(*q))
	if err != nil {
		return nil, err
	}
	if q.At != "" {
		return past(ctx, s, func(ctx context.Context) ([]risk.Pair, error) {
			return risk.ComputePairs(ctx, s.view.Catalogue, s.view.History, window, at)
		})
	}
	snapshot := s.view.Snapshot()
	if snapshot == nil {
		return nil, noNumbersYet()
	}
	for _, p := range snapshot.Pairs {
		if p.Window.Name == q.Window {
			of = append(of, p)
		}
	}
	return of, nil
}
