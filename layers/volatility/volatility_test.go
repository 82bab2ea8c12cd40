package volatility

import (
	"math"
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// near says whether two numbers agree to a relative tolerance.
func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance*math.Abs(b) }

// TestAReturnKeepsItsDigits compares small returns with the series of ln(1+x) in
// 200-bit arithmetic, where the difference of two logarithms loses ten digits.
func TestAReturnKeepsItsDigits(t *testing.T) {
	for _, move := range []float64{0.01, 1e-5, 1e-9} {
		from := 67_000.123
		to := from * (1 + move)
		got, want := Return(from, to), log1pSeries(from, to)
		if !near(got, want, 4e-16) {
			t.Errorf("%v to %v: got %.17g, want %.17g", from, to, got, want)
		}
	}
}

// log1pSeries sums x - x²/2 + x³/3 - … for x = (to-from)/from, |x| ≤ 0.01.
func log1pSeries(from, to float64) float64 {
	number := func(f float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(f) }
	x := new(big.Float).Quo(number(0).Sub(number(to), number(from)), number(from))
	sum, power := number(0), number(-1)
	for n := range 40 {
		power.Mul(power, x).Neg(power)
		sum.Add(sum, new(big.Float).Quo(power, number(float64(n+1))))
	}
	f, _ := sum.Float64()
	return f
}

func TestReturnsThereAndBackCancelAndStayFinite(t *testing.T) {
	for _, pair := range [][2]float64{{1, 2}, {1, 1.999}, {1e9, 1e-12}, {1e-12, 1e9}, {3, 3}, {1e-60, 1e60}} {
		there, back := Return(pair[0], pair[1]), Return(pair[1], pair[0])
		if math.IsInf(there, 0) || math.IsNaN(there) || !near(there, -back, 1e-15) {
			t.Errorf("%v: there %v, back %v", pair, there, back)
		}
	}
	if got, want := Return(1e9, 1e-12), -21*math.Ln10; !near(got, want, 1e-15) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAnIndexOfMembersThatMoveAlikeMovesExactlyLikeThem(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		move := rapid.Float64Range(-50, 50).Draw(r, "move")
		members := make([]float64, rapid.IntRange(1, 20).Draw(r, "members"))
		for i := range members {
			members[i] = move
		}
		if got := IndexReturn(members); got != move {
			r.Errorf("got %v, want %v", got, move)
		}
	})
}

func TestAnIndexReturnIsThatOfEqualMoney(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		members := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 20).Draw(r, "returns")
		var growth float64
		for _, m := range members {
			growth += math.Exp(m) / float64(len(members))
		}
		if got, want := IndexReturn(members), math.Log(growth); math.Abs(got-want) > 1e-14 {
			r.Errorf("got %v, want %v", got, want)
		}
	})
}

func TestDownsideAndUpsideMakeTheWhole(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rapid.SliceOfN(rapid.Float64Range(-1, 1), 1, 100).Draw(r, "returns")
		mirrored := make([]float64, len(returns))
		for i, v := range returns {
			mirrored[i] = -v
		}
		down, up := Downside(returns, time.Hour), Downside(mirrored, time.Hour)
		if got, want := math.Hypot(down, up), CloseZero(returns, time.Hour); math.Abs(got-want) > 1e-12*(1+want) {
			r.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestAnnualisingTakesElapsedTimeNotTheNumberOfReturns: five-minute returns of the
// same size have sqrt(12) times the volatility of hourly ones.
func TestAnnualisingTakesElapsedTimeNotTheNumberOfReturns(t *testing.T) {
	hourly, fine := CloseZero([]float64{0.01}, time.Hour), CloseZero([]float64{0.01, 0.01}, 5*time.Minute)
	if !near(fine, hourly*math.Sqrt(12), 1e-15) {
		t.Errorf("hourly %v, every five minutes %v", hourly, fine)
	}
}

// rows draws the returns of one to six members without gaps.
func rows(r *rapid.T) [][]float64 {
	members, steps := rapid.IntRange(1, 6).Draw(r, "members"), rapid.IntRange(1, 50).Draw(r, "steps")
	returns := make([][]float64, members)
	for i := range returns {
		returns[i] = rapid.SliceOfN(rapid.Float64Range(-0.5, 0.5), steps, steps).Draw(r, "returns")
	}
	return returns
}

func equal(n int) []float64 {
	weights := make([]float64, n)
	for i := range weights {
		weights[i] = 1 / float64(n)
	}
	return weights
}

// TestDispersionAndPortfolioSplitTheMembersVariance: Σ wσ² = dispersion² + σₚ², the
// cross-section against time.
func TestDispersionAndPortfolioSplitTheMembersVariance(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rows(r)
		w, s := equal(len(returns)), Covariance(returns)
		var members float64
		for i := range w {
			members += w[i] * s[i][i]
		}
		year := YearSeconds / time.Hour.Seconds()
		dispersion := Dispersion(returns, w, time.Hour)
		got := dispersion*dispersion/year + portfolioVariance(s, w)
		if math.Abs(got-members) > 1e-14 {
			r.Errorf("got %v, want %v", got, members)
		}
	})
}

func TestWhatComesFromACovarianceMatrixKeepsItsBounds(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rows(r)
		w, s := equal(len(returns)), Covariance(returns)
		if mean, ok := MeanCorrelation(s); ok && !(mean >= -1 && mean <= 1) {
			r.Errorf("correlation %v", mean)
		}
		if ratio, ok := DiversificationRatio(s, w); ok && !(ratio >= 1) {
			r.Errorf("diversification ratio %v", ratio)
		}
		if shares, ok := RiskShares(s, w); ok && portfolioVariance(s, w) > 1e-12 {
			var sum float64
			for _, share := range shares {
				sum += share
			}
			if !near(sum, 1, 1e-9) {
				r.Errorf("shares sum to %v", sum)
			}
		}
	})
}

func TestWhatIsUndefinedSaysSo(t *testing.T) {
	if _, ok := MeanCorrelation([][]float64{{1}}); ok {
		t.Error("one member has a correlation")
	}
	if _, ok := MeanCorrelation([][]float64{{1, 0}, {0, 0}}); ok {
		t.Error("a member without variance has a correlation")
	}
	flat := [][]float64{{0, 0}, {0, 0}}
	if _, ok := DiversificationRatio(flat, equal(2)); ok {
		t.Error("a portfolio without variance has a diversification ratio")
	}
	if _, ok := RiskShares(flat, equal(2)); ok {
		t.Error("a portfolio without variance has risk shares")
	}
}

func TestNothingMakesZeroAndNeverNaN(t *testing.T) {
	for name, got := range map[string]float64{
		"volatility": CloseZero(nil, time.Hour), "downside": Downside(nil, time.Hour), "median": Median(nil),
		"index": IndexReturn(nil), "dispersion": Dispersion(nil, nil, time.Hour),
		"dispersion of no steps": Dispersion([][]float64{{}}, []float64{1}, time.Hour),
		"covariance of no steps": Covariance([][]float64{{}})[0][0],
	} {
		if got != 0 {
			t.Errorf("%s of nothing is %v", name, got)
		}
	}
}
