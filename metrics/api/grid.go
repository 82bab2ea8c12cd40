package api

import (
	"context"
	"maps"
	"math/big"
	"slices"
	"time"

	"strata/layers"
)

// grid returns the price at each multiple of the step since 1970: of every source its
// newest sample at or before that instant, unless it is too old, and of those the
// median. It is the grid rule of the method (docs/METHOD.md): nothing is interpolated
// and nothing is held beyond its age.
func (s *server) grid(ctx context.Context, q *pricesQuestion, start, end time.Time, step time.Duration) ([]PricePoint, error) {
	points, newest := []PricePoint{}, map[string]layers.Sample{}
	next, oldest := firstOnGrid(start, step), maxAge(step)
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

// maxAge returns how old the sample behind a grid price may be: two steps, one step
// from 1 h on.
func maxAge(step time.Duration) time.Duration {
	if step >= time.Hour {
		return step
	}
	return 2 * step
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
	return PricePoint{Time: at, Price: Price(median(prices)), Sources: len(prices)}, true
}

// median returns the middle price, of an even number the exact mean of the two middle
// ones, or the lower of them when the mean has too many digits.
func median(prices []layers.Decimal) layers.Decimal {
	slices.SortFunc(prices, layers.Decimal.Cmp)
	upper := prices[len(prices)/2]
	if len(prices)%2 == 1 {
		return upper
	}
	lower := prices[len(prices)/2-1]
	if mean, err := mean(lower, upper); err == nil {
		return mean
	}
	return lower
}

func mean(a, b layers.Decimal) (layers.Decimal, error) {
	sum, _ := new(big.Rat).SetString(a.String())
	other, _ := new(big.Rat).SetString(b.String())
	half := sum.Mul(sum.Add(sum, other), big.NewRat(1, 2))
	digits, _ := half.FloatPrec()
	return layers.ParseDecimal(half.FloatString(digits))
}
