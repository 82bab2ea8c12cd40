package volatility_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"strata/layers/volatility"
)

// TestLedoitWolfByHand: two members, two steps, whole numbers.
func TestLedoitWolfByHand(t *testing.T) {
	same := [][]float64{{4, 2}, {2, -4}} // S = [[10, 0], [0, 10]]
	if s, rho := volatility.LedoitWolf(same); rho != 0 || s[0][0] != 10 || s[0][1] != 0 {
		t.Errorf("a multiple of the identity: %v, %v", s, rho)
	}
	rows := [][]float64{{1, 3}, {3, 1}} // r₁r₁' = [[1, 3], [3, 9]], r₂r₂' = [[9, 3], [3, 1]], S = [[5, 3], [3, 5]]
	// d² = 2·9 = 18; each stray is [[∓4, 0], [0, ±4]], 32; b² = (32+32)/4 = 16.
	s, rho := volatility.LedoitWolf(rows)
	if math.Abs(rho-16.0/18) > 1e-15 || s[0][0] != 5 || math.Abs(s[0][1]-3*2.0/18) > 1e-15 || s[0][1] != s[1][0] {
		t.Errorf("got %v, %v", s, rho)
	}
}

func TestShrinkingKeepsTheTraceAndIsInvariantToScale(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		steps := rapid.IntRange(2, 30).Draw(r, "steps")
		rows, scaled := make([][]float64, rapid.IntRange(1, 6).Draw(r, "members")), [][]float64{}
		for i := range rows {
			rows[i] = rapid.SliceOfN(rapid.Float64Range(-0.1, 0.1), steps, steps).Draw(r, "row")
			row := make([]float64, steps)
			for k, v := range rows[i] {
				row[k] = 1024 * v
			}
			scaled = append(scaled, row)
		}
		s, rho := volatility.LedoitWolf(rows)
		_, again := volatility.LedoitWolf(scaled)
		if rho < 0 || rho > 1 || math.IsNaN(rho) || math.Abs(rho-again) > 1e-9 {
			r.Fatalf("intensity %v, of the same returns scaled %v", rho, again)
		}
		var trace, want float64
		for i, row := range volatility.Covariance(rows) {
			trace, want = trace+s[i][i], want+row[i]
		}
		if math.Abs(trace-want) > 1e-12*want {
			r.Fatalf("trace %v, want %v", trace, want)
		}
	})
}

// TestImpliedCorrelationIsThatOfAPairAndOneOfMembersThatMoveAlike also when their sizes
// and weights differ.
func TestImpliedCorrelationIsThatOfAPairAndOneOfMembersThatMoveAlike(t *testing.T) {
	pair := [][]float64{{0.04, 0.03}, {0.03, 0.09}}
	if got, ok := volatility.ImpliedCorrelation(pair, []float64{0.9, 0.1}); !ok || math.Abs(got-0.5) > 1e-15 {
		t.Errorf("got %v, %t, want 0.5", got, ok)
	}
	alike := [][]float64{{1, 2, 3}, {2, 4, 6}, {3, 6, 9}}
	if got, ok := volatility.ImpliedCorrelation(alike, []float64{0.2, 0.3, 0.5}); !ok || got != 1 {
		t.Errorf("got %v, %t, want 1", got, ok)
	}
	if _, ok := volatility.ImpliedCorrelation([][]float64{{1, 0}, {0, 0}}, []float64{0.5, 0.5}); ok {
		t.Error("a member that moves alone has a correlation")
	}
}
