package volatility

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAZScoreCountsStandardDeviations(t *testing.T) {
	// 1, 2, 3, 4: mean 2.5, variance (2·1.5² + 2·0.5²)/3 = 5/3.
	past := []float64{4, 1, 3, 2}
	for _, x := range []float64{-1, 2.5, 7} {
		if got, ok := ZScore(x, past); !ok || math.Abs(got-(x-2.5)/math.Sqrt(5.0/3)) > 1e-15 {
			t.Errorf("%v: got %v, %t", x, got, ok)
		}
	}
}

func TestAPastThatDoesNotVaryHasNoZScore(t *testing.T) {
	for _, n := range []int{0, 1, 2, 90, 365} {
		past := make([]float64, n)
		for i := range past {
			past[i] = 0.1 // the mean of many of which is not 0.1
		}
		if z, ok := ZScore(1, past); ok {
			t.Errorf("%d values: %v", n, z)
		}
	}
}

// TestAZScoreForgetsScaleAndOrigin: it is a pure number.
func TestAZScoreForgetsScaleAndOrigin(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		past := rapid.SliceOfN(rapid.Float64Range(-3, 3), 2, 90).Draw(r, "past")
		x, scale, origin := rapid.Float64Range(-3, 3).Draw(r, "x"), rapid.Float64Range(0.5, 2).Draw(r, "scale"), rapid.Float64Range(-5, 5).Draw(r, "origin")
		past[0], past[1] = -1, 1 // no spread of rounding alone
		moved := make([]float64, len(past))
		for i, p := range past {
			moved[i] = origin + scale*p
		}
		want, _ := ZScore(x, past)
		if got, ok := ZScore(origin+scale*x, moved); !ok || math.Abs(got-want) > 1e-12 {
			r.Fatalf("got %v, want %v", got, want)
		}
	})
}

func TestAPercentRankCountsWhatIsStrictlyBelow(t *testing.T) {
	past := []float64{3, 1, 2, 2}
	for _, tc := range []struct{ x, want float64 }{{0.5, 0}, {1, 0}, {1.5, 0.25}, {2, 0.25}, {2.5, 0.75}, {3, 0.75}, {4, 1}} {
		if got := PercentRank(tc.x, past); got != tc.want {
			t.Errorf("%v: got %v, want %v", tc.x, got, tc.want)
		}
	}
	if got := PercentRank(1, nil); got != 0 {
		t.Errorf("of none: %v", got)
	}
}

// TestBetaSplitsAVarianceInTwo: what goes along and what is left add up.
func TestBetaSplitsAVarianceInTwo(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(2, 50).Draw(r, "n")
		returns := rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(r, "returns")
		benchmark := rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(r, "benchmark")
		returns[0], benchmark[1] = 1, 1
		beta, ok := Beta(returns, benchmark)
		share, both := RSquared(returns, benchmark)
		if !ok || !both || share < 0 || share > 1 {
			r.Fatalf("beta %v, R² %v", beta, share)
		}
		own, all := Idiosyncratic(returns, benchmark, beta, time.Hour), CloseZero(returns, time.Hour)
		if math.Abs(own*own+share*all*all-all*all) > 1e-12*all*all {
			r.Fatalf("%v² + %v of %v²", own, share, all)
		}
	})
}

func TestBetaByHand(t *testing.T) {
	returns, benchmark := []float64{0.02, -0.01, 0.03}, []float64{0.01, -0.01, 0}
	if beta, ok := Beta(returns, benchmark); !ok || !near(beta, 1.5, 1e-15) { // 3e-4 / 2e-4
		t.Errorf("beta %v", beta)
	}
	if share, ok := RSquared(returns, benchmark); !ok || !near(share, 9.0/28, 1e-15) { // (3e-4)² / (14e-4 · 2e-4)
		t.Errorf("R² %v", share)
	}
	// 0.005, 0.005 and 0.03 are left.
	if own := Idiosyncratic(returns, benchmark, 1.5, time.Hour); !near(own, math.Sqrt(8760*9.5e-4/3), 1e-15) {
		t.Errorf("idiosyncratic %v", own)
	}
}

func TestWhatDoesNotMoveHasNoBeta(t *testing.T) {
	still, moving := []float64{0, 0}, []float64{1, -1}
	if beta, ok := Beta(moving, still); ok {
		t.Errorf("beta to nothing: %v", beta)
	}
	if beta, ok := Beta(still, moving); !ok || beta != 0 {
		t.Errorf("beta of nothing: %v, %t", beta, ok)
	}
	for _, pair := range [][2][]float64{{still, moving}, {moving, still}, {nil, nil}} {
		if share, ok := RSquared(pair[0], pair[1]); ok {
			t.Errorf("R² of %v: %v", pair, share)
		}
	}
}
