package volatility

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// everything is whatever can be computed of the closes of a token, as many as there
// are, and of what exists only.
func everything(prices []float64) map[string]float64 {
	all, returns := map[string]float64{}, returnsOf(prices, 1)
	keep := func(name string) func(float64, bool) {
		return func(v float64, ok bool) {
			if ok {
				all[name] = v
			}
		}
	}
	for name, measure := range measures {
		keep(name)(measure(returns))
	}
	keep("close")(CloseZero(returns, time.Hour), true)
	keep("ewma")(EWMA(returns, 0.9, time.Hour))
	keep("quarticity")(TripowerQuarticity(returns))
	keep("jump test")(JumpTest(returns))
	if statistics, ok := LeeMykland(returns, 10); ok {
		for _, l := range statistics {
			all["lee-mykland"] += l
		}
	}
	if slice, ok := Cone(returns, 10, []float64{0.5}, time.Hour); ok {
		keep("cone")(slice.Quantiles[0], true)
	}
	keepModels(keep, returns)
	return all
}

func keepModels(keep func(string) func(float64, bool), returns []float64) {
	squares := make([]float64, len(returns))
	for i, r := range returns {
		squares[i] = r * r
	}
	keep("vol of vol")(VolOfVol(squares, day))
	for name, fit := range map[string]func([]float64, int) (HAR, bool){"har": FitHAR, "log har": FitLogHAR} {
		if model, ok := fit(squares, 1); ok {
			keep(name)(model.Forecast(squares))
		}
	}
	if g, ok := FitGARCH(returns); ok {
		variances := g.Filter(returns, RealisedVariance(returns)/float64(len(returns)))
		keep("garch")(g.Forecast(variances[len(returns)], 30), true)
		keep("unconditional")(g.Unconditional())
		keep("half-life")(g.HalfLife())
		keep("likelihood")(g.LogLikelihood(returns, variances[0]))
	}
}

// TestNothingIsEverNaN of prices between 1e-12 and 1e9 that leap, stand and return.
func TestNothingIsEverNaN(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		exponent := rapid.OneOf(rapid.Float64Range(-12, 9), rapid.SampledFrom([]float64{-12, 0, 9}))
		prices := make([]float64, rapid.SampledFrom([]int{0, 1, 2, 3, 5, 40, 120}).Draw(r, "n"))
		for i := range prices {
			prices[i] = math.Pow(10, exponent.Draw(r, "exponent"))
		}
		for name, v := range everything(prices) {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				r.Errorf("%s of %d prices is %v", name, len(prices), v)
			}
		}
	})
}

// TestDustAndGoldHaveTheSameVolatility: a price of 1e-12 or 1e9 instead of one,
// in powers of two so that not even rounding differs.
func TestDustAndGoldHaveTheSameVolatility(t *testing.T) {
	prices := recorded(t, "minutes_TAO")["price"][:300]
	want := everything(prices)
	if len(want) < 20 {
		t.Fatalf("only %d numbers", len(want))
	}
	for _, exponent := range []int{-48, 22} {
		for name, got := range everything(times(prices, math.Ldexp(1, exponent))) {
			if got != want[name] {
				t.Errorf("%s at 2^%d: %v, not %v", name, exponent, got, want[name])
			}
		}
	}
}
