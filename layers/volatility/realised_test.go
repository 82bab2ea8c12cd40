package volatility

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// measures are the variances of a span that grow with the square of its returns.
var measures = map[string]func([]float64) (float64, bool){
	"realised": func(r []float64) (float64, bool) { return RealisedVariance(r), true },
	"down":     func(r []float64) (float64, bool) { down, _ := Semivariances(r); return down, true },
	"up":       func(r []float64) (float64, bool) { _, up := Semivariances(r); return up, true },
	"bipower":  BipowerVariation, "min": MinRV, "med": MedRV, "noise": NoiseVariance,
	"two scales": func(r []float64) (float64, bool) { return TSRV(r, 3) },
	"kernel":     func(r []float64) (float64, bool) { return RealisedKernel(r, 4) },
	"demeaned": func(r []float64) (float64, bool) {
		sigma, ok := CloseDemeaned(r, YearSeconds*time.Second)
		return sigma * sigma, ok
	},
}

func drawReturns(r *rapid.T, fewest int) []float64 {
	return rapid.SliceOfN(rapid.Float64Range(-0.3, 0.3), fewest, 100).Draw(r, "returns")
}

func times(returns []float64, c float64) []float64 {
	scaled := make([]float64, len(returns))
	for i, r := range returns {
		scaled[i] = c * r
	}
	return scaled
}

func TestTwiceTheReturnsAreFourTimesTheVariance(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 3)
		doubled := times(returns, 2)
		for name, measure := range measures {
			one, _ := measure(returns)
			if two, _ := measure(doubled); math.Abs(two-4*one) > 1e-13*one+1e-300 {
				r.Errorf("%s: %v, then %v", name, one, two)
			}
		}
	})
}

// TestBackwardsAVarianceIsTheSame: nothing of it looks ahead.
func TestBackwardsAVarianceIsTheSame(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 3)
		backwards := slices.Clone(returns)
		slices.Reverse(backwards)
		for name, measure := range measures {
			there, ok := measure(returns)
			if back, same := measure(backwards); same != ok && there > 1e-13 || math.Abs(back-there) > 1e-13*(1+there) {
				r.Errorf("%s: %v, backwards %v", name, there, back)
			}
		}
	})
}

func TestSemivariancesAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 0)
		down, up := Semivariances(returns)
		if want := RealisedVariance(returns); math.Abs(down+up-want) > 1e-15*want {
			r.Errorf("%v + %v is not %v", down, up, want)
		}
		fallen, risen := Semivariances(times(returns, -1))
		if fallen != up || risen != down {
			r.Errorf("upside down: %v and %v, not %v and %v", fallen, risen, up, down)
		}
		if len(returns) > 0 && !near(Downside(returns, time.Hour), PerYear(down/float64(len(returns)), time.Hour), 1e-13) {
			r.Errorf("downside %v", Downside(returns, time.Hour))
		}
	})
}

func TestPricesThatStandHaveAVarianceOfExactlyZero(t *testing.T) {
	flat := make([]float64, 100)
	for name, measure := range measures {
		if got, ok := measure(flat); got != 0 || !ok {
			t.Errorf("%s: %v, %t", name, got, ok)
		}
	}
	if got, ok := EWMA(flat, 0.9, time.Hour); got != 0 || !ok {
		t.Errorf("ewma: %v, %t", got, ok)
	}
	trend := slices.Repeat([]float64{0.1}, 99) // of which 99 do not have the mean 0.1
	if got, ok := CloseDemeaned(trend, time.Hour); got != 0 || !ok {
		t.Errorf("demeaned trend: %v, %t", got, ok)
	}
}

// TestAJumpPassesByTheRobustMeasures: a price ten times as high and staying there.
func TestAJumpPassesByTheRobustMeasures(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rapid.SliceOfN(rapid.Float64Range(-0.01, 0.01), 50, 100).Draw(r, "returns")
		jumped := slices.Clone(returns)
		jumped[rapid.IntRange(0, len(returns)-1).Draw(r, "at")] = math.Ln10
		for name, most := range map[string]float64{"min": 6 * 1e-4, "med": 6 * 1e-4, "bipower": 0.08, "realised": math.Inf(1)} {
			before, _ := measures[name](returns)
			if after, _ := measures[name](jumped); after-before > most {
				r.Errorf("%s: %v, then %v", name, before, after)
			}
		}
	})
}

// TestAWrongPriceIsTwoJumpsThatNoMeasurePassesBy: why outliers have to be gone before.
func TestAWrongPriceIsTwoJumpsThatNoMeasurePassesBy(t *testing.T) {
	returns := slices.Repeat([]float64{0.01, -0.01}, 50)
	returns[20], returns[21] = math.Ln10, -math.Ln10
	for _, name := range []string{"realised", "bipower", "min", "med"} {
		if got, _ := measures[name](returns); got < math.Ln10 {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// normal returns days of n returns with variance 1 a day.
func normal(days, n int) [][]float64 {
	random := rand.New(rand.NewPCG(11, uint64(n)))
	all := make([][]float64, days)
	for i := range all {
		all[i] = make([]float64, n)
		for k := range all[i] {
			all[i][k] = random.NormFloat64() / math.Sqrt(float64(n))
		}
	}
	return all
}

// TestOfADiffusionEveryMeasureIsUnbiased: the constants are right, for few returns
// too, where two scales of 3 lack what is at the ends.
func TestOfADiffusionEveryMeasureIsUnbiased(t *testing.T) {
	for n, twoScales := range map[int]float64{12: 10.0 / 13, 288: 286.0 / 289} {
		for name, want := range map[string]float64{
			"realised": 1, "down": 0.5, "up": 0.5, "bipower": 1, "min": 1, "med": 1, "two scales": twoScales, "kernel": 1,
		} {
			var s spread
			for _, returns := range normal(200_000/n, n) {
				v, _ := measures[name](returns)
				s.add(v)
			}
			if tolerance := 4 * math.Sqrt(s.variance()/s.n); math.Abs(s.mean-want) > tolerance {
				t.Errorf("%s of %d returns: %.4f, want %v ± %.4f", name, n, s.mean, want, tolerance)
			}
		}
	}
}

// TestOfADiffusionTheQuarticityIsUnbiased but for the n-2 of n terms it has.
func TestOfADiffusionTheQuarticityIsUnbiased(t *testing.T) {
	var s spread
	for _, returns := range normal(2000, 100) {
		tq, _ := TripowerQuarticity(returns)
		s.add(tq)
	}
	if want, tolerance := 0.98, 4*math.Sqrt(s.variance()/s.n); math.Abs(s.mean-want) > tolerance {
		t.Errorf("%.4f, want %v ± %.4f", s.mean, want, tolerance)
	}
}

func TestTooFewReturnsHaveNoMeasure(t *testing.T) {
	for name, fewest := range map[string]int{"demeaned": 2, "bipower": 2, "min": 2, "med": 3, "noise": 1, "two scales": 3, "kernel": 1} {
		for n := range 4 {
			if got, ok := measures[name](make([]float64, n)); ok != (n >= fewest) || got != 0 {
				t.Errorf("%s of %d returns: %v, %t", name, n, got, ok)
			}
		}
	}
	for n := range 3 {
		if got, ok := TripowerQuarticity(make([]float64, n)); ok || got != 0 {
			t.Errorf("quarticity of %d returns: %v", n, got)
		}
		if got, ok := JumpTest(make([]float64, n)); ok || got != 0 {
			t.Errorf("jump test of %d returns: %v", n, got)
		}
	}
}

// TestASumKeepsWhatIsSmall: a million times 1e-16 beside a 1, each of which a plain
// sum would lose.
func TestASumKeepsWhatIsSmall(t *testing.T) {
	var s sum
	s.add(1)
	for range 1_000_000 {
		s.add(1e-16)
	}
	s.add(-1)
	if got := s.value(); !near(got, 1e-10, 1e-15*1e6) {
		t.Errorf("%v", got)
	}
}
