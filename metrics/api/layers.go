package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers"
	"strata/layers/risk"
)

type layerList struct {
	Layers []Layer `json:"layers" nullable:"false" doc:"From the bottom of the stack to the top"`
}

// LayerPath is the part of a question that names a layer.
type LayerPath struct {
	Layer string `path:"layer" example:"infrastructure" doc:"Slug of a layer"`
}

// WindowAt is the part of a question that asks for the numbers of a
// window at an instant.
type WindowAt struct {
	Window string `query:"window" enum:"1h,24h,7d,30d" default:"24h" doc:"Span over which volatility is measured"`
	At     string `query:"at" example:"2026-11-22T10:00:00Z" doc:"Another instant than now, RFC 3339 or Unix seconds"`
}

type layerVolatilityQuestion struct {
	LayerPath
	WindowAt
	Explain
}

func (s *server) registerLayers(a huma.API) {
	huma.Register(a, get("/api/v1/layers", "list-layers", "layers", "The stack: its layers, who stands in them, and how volatile they are"),
		func(context.Context, *struct{}) (*answer[layerList], error) {
			return &answer[layerList]{layerList{Stack(s.view)}}, nil
		})
	huma.Register(a, get("/api/v1/layers/{layer}", "get-layer", "layers", "One layer of the stack", http.StatusNotFound), s.layer)
	huma.Register(a, get("/api/v1/layers/{layer}/volatility", "get-layer-volatility", "layers", "The numbers of one layer in one window",
		http.StatusNotFound, http.StatusServiceUnavailable), s.layerVolatility)
}

func (s *server) layer(_ context.Context, q *LayerPath) (*answer[Layer], error) {
	for _, l := range Stack(s.view) {
		if l.Slug == q.Layer {
			return &answer[Layer]{l}, nil
		}
	}
	return nil, s.unknownLayer(q.Layer)
}

func (s *server) unknownLayer(slug string) error {
	var known []string
	for _, l := range s.view.Catalogue.Layers() {
		known = append(known, l.Slug)
	}
	return unknown("layer", slug, known)
}

func (s *server) layerVolatility(ctx context.Context, q *layerVolatilityQuestion) (*answer[LayerVolatility], error) {
	if _, ok := s.view.Catalogue.Layer(q.Layer); !ok {
		return nil, s.unknownLayer(q.Layer)
	}
	l, err := s.layerRisk(ctx, q)
	if err != nil {
		return nil, err
	}
	_, at, err := s.windowAt(q.WindowAt)
	if err != nil {
		return nil, err
	}
	v := layerVolatility(l)
	v.Explanations, err = s.explainAll(ctx, q.Explain, s.liveMembers(v, at), at)
	return &answer[LayerVolatility]{v}, err
}

// liveMembers returns the members whose price is expected at an instant.
func (s *server) liveMembers(v LayerVolatility, at time.Time) (live []*layers.Token) {
	for _, m := range v.Members {
		if t, ok := s.view.Catalogue.Token(m.Token); ok && t.State(at) == layers.Live {
			live = append(live, t)
		}
	}
	return live
}

// layerRisk reads the newest snapshot, or history when another instant is asked for.
func (s *server) layerRisk(ctx context.Context, q *layerVolatilityQuestion) (*risk.LayerRisk, error) {
	if q.At == "" {
		if snapshot := s.view.Snapshot(); snapshot != nil {
			if l, ok := snapshot.Layer(q.Layer, q.Window); ok {
				return l, nil
			}
		}
		return nil, noNumbersYet()
	}
	window, at, err := s.windowAt(q.WindowAt)
	if err != nil {
		return nil, err
	}
	l, err := past(ctx, s, func(ctx context.Context) (risk.LayerRisk, error) {
		return risk.ComputeLayer(ctx, s.view.Catalogue, s.view.History, q.Layer, window, at)
	})
	return &l, err
}

func (s *server) windowAt(q WindowAt) (risk.Window, time.Time, error) {
	window, err := risk.WindowNamed(q.Window)
	if err != nil {
		return window, time.Time{}, invalid("query.window", q.Window, "%v", err)
	}
	at, err := s.bygone("at", q.At, s.view.Now())
	return window, at, err
}

func noNumbersYet() error {
	return unavailable("no numbers yet: the first cycle has not finished")
}
