package api

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers/risk"
)

// maxRange is how long the span of a range may be.
const maxRange = 10 * 366 * 24 * time.Hour

// RangeQuestion is the part of a question that asks for a window at many instants.
type RangeQuestion struct {
	Window string `query:"window" enum:"1h,24h,7d,30d" default:"24h" doc:"Span over which volatility is measured"`
	Start  string `query:"start" example:"2026-11-21T10:00:00Z" doc:"First instant, RFC 3339 or Unix seconds; one window before the end by default"`
	End    string `query:"end" example:"2026-11-22T10:00:00Z" doc:"Instant to stop before; now by default"`
	Step   string `query:"step" example:"1h" doc:"The points are at its multiples since 1970 in UTC: 5m, 1h, 1d or seconds; the step of the window's grid of tokens by default"`
}

type layerRangeQuestion struct {
	LayerPath
	RangeQuestion
}

type tokenRangeQuestion struct {
	TokenPath
	RangeQuestion
}

func (s *server) registerRanges(a huma.API) {
	huma.Register(a, get("/api/v1/layers/{layer}/volatility/range", "get-layer-volatility-range", "layers", "The volatility of one layer over time",
		http.StatusNotFound, http.StatusServiceUnavailable), s.layerRange)
	huma.Register(a, get("/api/v1/tokens/{token}/volatility/range", "get-token-volatility-range", "tokens", "The volatility of one token over time",
		http.StatusNotFound, http.StatusServiceUnavailable), s.tokenRange)
}

// asked is a checked question about a range.
type asked struct {
	window   risk.Window
	from, to time.Time // as asked for
	instants risk.Instants
}

// asked checks a question about a range.
func (s *server) asked(q RangeQuestion) (r asked, err error) {
	if r.window, err = risk.WindowNamed(q.Window); err != nil {
		return r, invalid("query.window", q.Window, "%v", err)
	}
	if r.to, err = s.bygone("end", q.End, s.view.Now()); err != nil {
		return r, err
	}
	if r.from, err = instant("start", q.Start, r.to.Add(-r.window.Span)); err != nil {
		return r, err
	}
	step, err := duration("step", q.Step)
	if err != nil {
		return r, err
	}
	if q.Step == "" {
		step = r.window.TokenStep
	}
	r.instants = risk.Instants{Start: firstOnGrid(r.from, step), End: r.to, Step: step}
	return r, r.check(q)
}

// check says what a range may not be. It counts in seconds, because a time.Duration
// ends after 292 years.
func (r asked) check(q RangeQuestion) error {
	span := r.to.Unix() - r.from.Unix()
	if !r.from.Before(r.to) {
		return invalid("query.start", q.Start, "must lie before the end, %s", r.to.Format(time.RFC3339))
	}
	if longest := int64(maxRange.Seconds()); span > longest {
		return invalid("query.start", q.Start, "lies more than %d days before the end, %s", longest/(24*60*60), r.to.Format(time.RFC3339))
	}
	if least := span/maxPoints + 1; int64(r.instants.Step.Seconds()) < least {
		return invalid("query.step", q.Step, "gives more than %d points, want a step of at least %d seconds or a shorter span", maxPoints, least)
	}
	return nil
}

func (s *server) layerRange(ctx context.Context, q *layerRangeQuestion) (*answer[LayerRange], error) {
	if _, ok := s.view.Catalogue.Layer(q.Layer); !ok {
		return nil, s.unknownLayer(q.Layer)
	}
	r, err := s.asked(q.RangeQuestion)
	if err != nil {
		return nil, err
	}
	points, err := past(ctx, s, func(ctx context.Context) ([]LayerRangePoint, error) {
		return collect(risk.RangeLayer(ctx, s.view.Catalogue, s.view.History, q.Layer, r.window, r.instants), layerRangePoint)
	})
	return &answer[LayerRange]{LayerRange{
		Layer: q.Layer, Weighting: weighting, RangeAbout: rangeAbout(r), Points: points,
	}}, err
}

func (s *server) tokenRange(ctx context.Context, q *tokenRangeQuestion) (*answer[TokenRange], error) {
	if _, err := s.find(q.Token); err != nil {
		return nil, err
	}
	r, err := s.asked(q.RangeQuestion)
	if err != nil {
		return nil, err
	}
	points, err := past(ctx, s, func(ctx context.Context) ([]TokenRangePoint, error) {
		return collect(risk.RangeToken(ctx, s.view.Catalogue, s.view.History, q.Token, r.window, r.instants), tokenRangePoint)
	})
	return &answer[TokenRange]{TokenRange{Token: q.Token, RangeAbout: rangeAbout(r), Points: points}}, err
}

// collect gathers the points of a range, up to the first fault.
func collect[P, Q any](points iter.Seq2[P, error], show func(P) Q) ([]Q, error) {
	all := []Q{}
	for p, err := range points {
		if err != nil {
			return nil, err
		}
		all = append(all, show(p))
	}
	return all, nil
}
