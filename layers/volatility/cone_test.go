package volatility

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestTheFactorMakesTheVarianceOfOverlappingSumsUnbiased. It is 1 over what is left
// when the mean of the windows has eaten its part, counted pair by pair here.
func TestTheFactorMakesTheVarianceOfOverlappingSumsUnbiased(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		h := rapid.IntRange(1, 30).Draw(r, "window")
		n := rapid.IntRange(h+1, 100).Draw(r, "windows")
		var shared int
		for i := range n {
			for j := range n {
				shared += max(h-max(i-j, j-i), 0)
			}
		}
		want := 1 / (1 - float64(shared)/float64(n*n*h))
		if got, ok := HodgesTompkins(h, n+h-1); !ok || !near(got, want, 1e-10) {
			r.Errorf("%v, want %v", got, want)
		}
	})
}

func TestWithoutOverlapTheFactorIsBessels(t *testing.T) {
	got, ok := HodgesTompkins(1, 10)
	compare(t, "factor", got, ok, 10.0/9, exact)
}

func TestAConeIsInOrderAndLiesBetweenItsEnds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 20)
		window := rapid.IntRange(1, 10).Draw(r, "window")
		slice, ok := Cone(returns, window, []float64{0, 0.1, 0.5, 0.9, 1}, time.Hour)
		if !ok || !slices.IsSorted(slice.Quantiles) || slice.Windows != len(returns)-window+1 {
			r.Fatalf("%+v, %t", slice, ok)
		}
		last := CloseZero(returns[len(returns)-window:], time.Hour)
		if last < slice.Quantiles[0] || last > slice.Quantiles[4] {
			r.Errorf("%v outside %v", last, slice.Quantiles)
		}
	})
}

func TestThePastOfTooFewWindowsHasNoCone(t *testing.T) {
	returns := make([]float64, 9)
	for name, c := range map[string]struct {
		window   int
		quantile float64
	}{"no window": {0, 0.5}, "long": {10, 0.5}, "as many returns as windows": {5, 0.5}, "below": {2, -0.1}, "above": {2, 1.1}} {
		if got, ok := Cone(returns, c.window, []float64{c.quantile}, time.Hour); ok || got.Quantiles != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got, ok := Cone(returns, 4, []float64{0, 1}, time.Hour); !ok || !slices.Equal(got.Quantiles, []float64{0, 0}) {
		t.Errorf("of nothing that moved: %+v", got)
	}
}

// TestVolOfVolForgetsTheScaleAndSeesNothingInGrowth: the same growth a day is a drift.
func TestVolOfVolForgetsTheScaleAndSeesNothingInGrowth(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		sigmas := rapid.SliceOfN(rapid.Float64Range(0.1, 3), 3, 60).Draw(r, "sigmas")
		want, ok := VolOfVol(sigmas, day)
		got, _ := VolOfVol(times(sigmas, 7), day)
		if !ok || math.Abs(got-want) > 1e-12*(1+want) {
			r.Errorf("seven times: %v, not %v", got, want)
		}
	})
	grown := []float64{0.5}
	for range 20 {
		grown = append(grown, 2*grown[len(grown)-1])
	}
	if got, ok := VolOfVol(grown, day); !ok || got != 0 {
		t.Errorf("doubling daily: %v", got)
	}
}

func TestWithoutVolatilityThereIsNoVolOfVol(t *testing.T) {
	for _, sigmas := range [][]float64{nil, {1, 2}, {0, 1, 2}, {1, 0, 2}, {1, 2, 0}, {1, -1, 2}} {
		if got, ok := VolOfVol(sigmas, day); ok || got != 0 {
			t.Errorf("%v: %v", sigmas, got)
		}
	}
}
