package api

import (
	"context"
	"maps"
	"time"

	"strata/layers"
	"strata/layers/risk"
)

// grid returns the price at each multiple of the step since 1970: of every source its
// newest sample at or before that instant, unless it is too old, and of those the
// median. It is the grid rule of the method (docs/METHOD.md): nothing is interpolated
// and nothing is held beyond its age.
func (s *server) grid(ctx context.Context, q *pricesQuestion, start, end time.Time, step time.Duration) ([]PricePoint, error) {
	points, newest := []PricePoint{}, map[string]layers.Sample{}
	next, oldest := firstOnGrid(start, step), risk.Tolerance(step)
	// Up to t everything is known: settle the grid instants before it.
	settle := func(t time.Time) {
		for ; next.Before(t); next = next.Add(step) {
			if p, ok := medianPoint(newest, next, oldest); ok {
				points = append(points, p)
			}
		}
	}
	err := s.samples(ctx, q, layers.Span{From: next.Add(-oldest), To: end}, func(sample layers.Sample) error {
		settle(sample.Time)
		if held, ok := newest[sample.Source]; !ok || !sample.Time.Before(held.Time) {
			newest[sample.Source] = sample
		}
		return nil
	})
	settle(end)
	return points, err
}

// firstOnGrid returns the first grid instant at or after t.
func firstOnGrid(t time.Time, step time.Duration) time.Time {
	seconds := int64(step.Seconds())
	k := t.Unix() / seconds
	if first := time.Unix(k*seconds, 0).UTC(); !first.Before(t) {
		return first
	}
	return time.Unix((k+1)*seconds, 0).UTC()
}

func medianPoint(newest map[string]layers.Sample, at time.Time, oldest time.Duration) (PricePoint, bool) {
	var prices []layers.Decimal
	for sample := range maps.Values(newest) {
		if at.Sub(sample.Time) <= oldest {
			prices = append(prices, sample.Price)
		}
	}
	if len(prices) == 0 {
		return PricePoint{}, false
	}
	return PricePoint{Time: at, Price: Price(risk.MedianPrice(prices)), Sources: len(prices)}, true
}
