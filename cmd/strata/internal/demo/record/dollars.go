package main

import (
	"fmt"
	"math/bits"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

// significant is how many digits a price keeps that had to be computed.
const significant = 100_000_000

// inDollars turns closes that were quoted in bitcoin into dollars with the
// recorded close of bitcoin of the same minute, rounded to 8 significant digits.
// A bar without such a close is dropped.
func inDollars(r *recording.Recording) error {
	bitcoin, ok := r.Find("bitcoin")
	for i, origin := range r.Header.Series {
		if origin.Quote != "BTC" {
			continue
		}
		if !ok {
			return fmt.Errorf("convert %s: the scenario has no bitcoin", origin.Token)
		}
		bars, err := convert(r.Series[i].Bars, bitcoin)
		if err != nil {
			return fmt.Errorf("convert %s: %w", origin.Token, err)
		}
		r.Series[i].Bars = bars
	}
	return nil
}

func convert(bars []recording.Bar, bitcoin *recording.Series) ([]recording.Bar, error) {
	var converted []recording.Bar
	for _, bar := range bars {
		rate, ok := bitcoin.At(time.Unix(bar.Close, 0))
		if !ok || rate.Close != bar.Close {
			continue
		}
		price, err := multiply(bar.Price, rate.Price)
		if err != nil {
			return nil, err
		}
		converted = append(converted, recording.Bar{Close: bar.Close, Price: price})
	}
	return converted, nil
}

// multiply returns a × b, both positive, rounded half up to 8 significant digits.
func multiply(a, b layers.Decimal) (layers.Decimal, error) {
	high, product := bits.Mul64(uint64(a.Coefficient), uint64(b.Coefficient))
	if high != 0 {
		return layers.Decimal{}, fmt.Errorf("%s times %s has too many digits", a, b)
	}
	exponent := a.Exponent + b.Exponent
	for product >= 10*significant {
		product, exponent = product/10, exponent+1
	}
	if product >= significant {
		product, exponent = (product+5)/10, exponent+1
	}
	return layers.Decimal{Coefficient: int64(product), Exponent: exponent}, nil
}
