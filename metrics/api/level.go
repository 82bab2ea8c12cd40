package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers"
	"strata/layers/risk"
)

// maxLevelSpan bounds the span of one question about a level: its hours are 8,785 points.
const maxLevelSpan = 366 * 24 * time.Hour

// Level is what equal amounts of money in a layer's members came to.
type Level struct {
	Layer   string       `json:"layer" example:"infrastructure"`
	Level   *float64     `json:"level" doc:"At the last full hour of the span; 100 where points begin"`
	Reasons reasons      `json:"reasons,omitempty" doc:"Why a number is null, by field"`
	Points  []LevelPoint `json:"points" nullable:"false" doc:"Every full hour in which a member has a price, from the first midnight on"`
}

// LevelPoint is the level at a full hour.
type LevelPoint struct {
	Time    time.Time `json:"time"`
	Level   float64   `json:"level"`
	Members int       `json:"members" doc:"Held from then on"`
}

type levelQuestion struct {
	LayerPath
	Start string `query:"start" doc:"RFC 3339 or Unix seconds; 30 days before end when left out"`
	End   string `query:"end" doc:"RFC 3339 or Unix seconds; now when left out"`
}

func (s *server) registerLevel(a huma.API) {
	huma.Register(a, get("/api/v1/layers/{layer}/level", "get-layer-level", "layers",
		"The level of a layer's index: equal amounts of money in each member, made equal again at 00:00 UTC of every day",
		http.StatusNotFound, http.StatusServiceUnavailable), s.level)
}

func (s *server) level(ctx context.Context, q *levelQuestion) (*answer[Level], error) {
	if _, ok := s.view.Catalogue.Layer(q.Layer); !ok {
		return nil, s.unknownLayer(q.Layer)
	}
	span, err := s.levelSpan(q)
	if err != nil {
		return nil, err
	}
	l, err := past(ctx, s, func(ctx context.Context) (risk.Level, error) {
		return risk.ComputeLevel(ctx, s.view.Catalogue, s.view.History, q.Layer, span)
	})
	if err != nil {
		return nil, err
	}
	why := reasons{}
	shown := Level{Layer: q.Layer, Level: why.number("level", l.Now), Reasons: why, Points: make([]LevelPoint, len(l.Points))}
	for i, p := range l.Points {
		shown.Points[i] = LevelPoint(p)
	}
	return &answer[Level]{shown}, nil
}

func (s *server) levelSpan(q *levelQuestion) (layers.Span, error) {
	end, err := s.bygone("end", q.End, s.view.Now())
	if err != nil {
		return layers.Span{}, err
	}
	start, err := instant("start", q.Start, end.AddDate(0, 0, -30))
	switch {
	case err != nil:
	case !start.Before(end):
		err = invalid("query.start", q.Start, "must lie before the end, %s", end.Format(time.RFC3339))
	case end.Sub(start) > maxLevelSpan:
		err = invalid("query.start", q.Start, "is more than %d days before the end, %s", int(maxLevelSpan.Hours()/24), end.Format(time.RFC3339))
	}
	return layers.Span{From: start, To: end}, err
}
