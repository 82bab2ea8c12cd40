package collector

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// maxRateAge is how old the price of Tether may be by which a price of the past is told in
// dollars.
const maxRateAge = 3 * time.Hour

var errNoTether = errors.New("no tether price")

// rates is the price of Tether over a span, in order of time.
type rates []layers.Sample

// rates reads the price of Tether, as far as it is needed for the closes of a span.
func (b *Backfill) rates(span layers.Span) (all rates, err error) {
	for s, err := range b.Have(tetherSlug, coarse, layers.Span{From: span.From.Add(-maxRateAge), To: span.To.Add(coarse)}) {
		if err != nil {
			return nil, fmt.Errorf("read price of tether: %w", err)
		}
		all = append(all, s)
	}
	return all, nil
}

// at returns the price of Tether as it was known at a time.
func (r rates) at(t time.Time) (layers.Decimal, error) {
	n, _ := slices.BinarySearchFunc(r, t, func(s layers.Sample, t time.Time) int {
		if s.Time.After(t) {
			return 1
		}
		return -1
	})
	if n == 0 || t.Sub(r[n-1].Time) > maxRateAge {
		return layers.Decimal{}, fmt.Errorf("%w at %s", errNoTether, t.UTC().Format(time.RFC3339))
	}
	return r[n-1].Price, nil
}

// enough is the share of closes with a price of Tether without which a past is none: at
// the edge of what is known of Tether some may have none, and are left out.
const enough = 0.9

// apply returns what is in Tether in dollars, each by the price of Tether at its time, that
// of a candle's end for all of the candle.
func (r rates) apply(samples []layers.Sample, candles []layers.Candle) (_ []layers.Sample, _ []layers.Candle, err error) {
	told := make([]layers.Sample, 0, len(samples))
	for _, s := range samples {
		rate, missing := r.at(s.Time)
		if missing != nil {
			err = missing
			continue
		}
		s.Price = inDollars(s.Price, rate)
		told = append(told, s)
	}
	if float64(len(told)) < enough*float64(len(samples)) {
		return nil, nil, err
	}
	return told, r.ofCandles(candles), nil
}

func (r rates) ofCandles(candles []layers.Candle) (told []layers.Candle) {
	for _, c := range candles {
		rate, err := r.at(candleEnd(c))
		if err != nil {
			continue
		}
		for _, price := range []*layers.Decimal{&c.OpenPrice, &c.High, &c.Low, &c.Close} {
			*price = inDollars(*price, rate)
		}
		told = append(told, c)
	}
	return told
}
