package api

import (
	"context"
	"time"

	"strata/layers"
)

// maxPoints is how many points one answer may have, what Prometheus allows as well.
const maxPoints = 11000

type pricesQuestion struct {
	TokenPath
	Start  string `query:"start" example:"2026-11-21T10:00:00Z" doc:"First instant, RFC 3339 or Unix seconds; a day before the end by default"`
	End    string `query:"end" example:"2026-11-22T10:00:00Z" doc:"Instant to stop before; now by default"`
	Step   string `query:"step" example:"5m" doc:"Grid, multiples since 1970 in UTC: 5m, 1h, 1d or seconds. Without it every sample of every source is given"`
	Source string `query:"source" example:"kraken" doc:"Only this source"`
	Explain
}

// Prices are the prices of one token over time, oldest first.
type Prices struct {
	Token  string       `json:"token" example:"bittensor"`
	Start  time.Time    `json:"start" doc:"First instant"`
	End    time.Time    `json:"end" doc:"Instant to stop before"`
	Step   float64      `json:"step_seconds,omitzero" doc:"Of the grid; absent when every sample is given"`
	Prices []PricePoint `json:"prices" nullable:"false" doc:"Where nothing is known there is no point; nothing is interpolated"`

	Explanation *Explanation `json:"explanation,omitempty" doc:"Of the price at the end, with explain=1"`
}

// PricePoint is a price at an instant.
type PricePoint struct {
	Time    time.Time `json:"time"`
	Price   Price     `json:"price_usd" doc:"Of one source, or on a grid the median of the sources' newest samples"`
	Source  string    `json:"source,omitempty" doc:"Whose sample it is; absent on a grid"`
	Sources int       `json:"sources,omitzero" doc:"How many sources went into the median; absent without a grid"`
}

func (s *server) prices(ctx context.Context, q *pricesQuestion) (*answer[Prices], error) {
	t, err := s.find(q.Token)
	if err != nil {
		return nil, err
	}
	end, err := s.bygone("end", q.End, s.view.Now())
	if err != nil {
		return nil, err
	}
	start, err := instant("start", q.Start, end.Add(-24*time.Hour))
	if err != nil {
		return nil, err
	}
	step, err := duration("step", q.Step)
	if err != nil {
		return nil, err
	}
	if err := checkRange(q, start, end, step); err != nil {
		return nil, err
	}
	points, err := past(ctx, s, func(ctx context.Context) ([]PricePoint, error) {
		if step > 0 {
			return s.grid(ctx, q, start, end, step)
		}
		return s.raw(ctx, q, start, end)
	})
	if err != nil {
		return nil, err
	}
	p := Prices{Token: q.Token, Start: start, End: end, Step: step.Seconds(), Prices: points}
	p.Explanation, err = s.explain(ctx, q.Explain, t, end)
	return &answer[Prices]{p}, err
}

func checkRange(q *pricesQuestion, start, end time.Time, step time.Duration) error {
	if !start.Before(end) {
		return invalid("query.start", q.Start, "must lie before the end, %s", end.Format(time.RFC3339))
	}
	// By seconds, because a time.Duration ends after 292 years.
	if least := (end.Unix()-start.Unix())/maxPoints + 1; step > 0 && int64(step.Seconds()) < least {
		return invalid("query.step", q.Step, "gives more than %d points, want a step of at least %d seconds or a shorter span", maxPoints, least)
	}
	return nil
}

// raw returns every sample.
func (s *server) raw(ctx context.Context, q *pricesQuestion, start, end time.Time) ([]PricePoint, error) {
	points := []PricePoint{}
	err := s.samples(ctx, q, layers.Span{From: start, To: end}, func(sample layers.Sample) error {
		if len(points) == maxPoints {
			return invalid("query.start", q.Start, "the span holds more than %d samples, want a shorter span or a step", maxPoints)
		}
		points = append(points, PricePoint{Time: sample.Time.UTC(), Price: Price(sample.Price), Source: sample.Source})
		return nil
	})
	return points, err
}

// samples hands the samples of a span to a function, until either fails.
func (s *server) samples(ctx context.Context, q *pricesQuestion, span layers.Span, each func(layers.Sample) error) error {
	for sample, err := range s.view.History.Samples(q.Token, span) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil && (q.Source == "" || sample.Source == q.Source) {
			err = each(sample)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
