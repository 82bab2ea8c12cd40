package volatility

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// simulate draws returns of a process that begins where it always returns to.
func simulate(g GARCH, n int) []float64 {
	random := rand.New(rand.NewPCG(8, 9))
	variance, _ := g.Unconditional()
	returns := make([]float64, n)
	for t := range returns {
		returns[t] = math.Sqrt(variance) * random.NormFloat64()
		variance = g.next(returns[t], variance)
	}
	return returns
}

func TestAFitFindsTheProcessThatMadeTheReturns(t *testing.T) {
	want := GARCH{Omega: 1e-5, Alpha: 0.1, Beta: 0.85}
	got, ok := FitGARCH(simulate(want, 20_000))
	if !ok || math.Abs(got.Alpha-0.1) > 0.015 || math.Abs(got.Beta-0.85) > 0.025 || !near(got.Omega, want.Omega, 0.3) {
		t.Errorf("%+v", got)
	}
}

// TestNothingNearAFitIsLikelier in any direction.
func TestNothingNearAFitIsLikelier(t *testing.T) {
	for _, token := range []string{"BTC", "TAO"} {
		returns := returnsOf(closes(recordedBars(t, token)), 1)
		first := RealisedVariance(returns) / float64(len(returns))
		fit, _ := FitGARCH(returns)
		best, _ := fit.LogLikelihood(returns, first)
		for _, move := range []float64{1e-2, 1e-3, 1e-4} {
			for i := range 27 {
				other := GARCH{
					fit.Omega * (1 + move*float64(i%3-1)),
					fit.Alpha * (1 + move*float64(i/3%3-1)),
					fit.Beta * (1 + move*float64(i/9-1)),
				}
				if likelihood, ok := other.LogLikelihood(returns, first); ok && likelihood > best+1e-9 {
					t.Errorf("%s: %+v is likelier than %+v by %v", token, other, fit, likelihood-best)
				}
			}
		}
	}
}

func TestAFitKnowsNoUnit(t *testing.T) {
	returns := returnsOf(closes(recordedBars(t, "TAO")), 1)
	one, _ := FitGARCH(returns)
	for _, c := range []float64{1e-9, 100} { // arch wants per cent
		other, ok := FitGARCH(times(returns, c))
		if !ok || !near(other.Alpha, one.Alpha, 1e-4) || !near(other.Beta, one.Beta, 1e-4) || !near(other.Omega, c*c*one.Omega, 1e-4) {
			t.Errorf("times %v: %+v, not %+v", c, other, one)
		}
	}
}

func TestAFitKeepsItsBoundsWhateverTheReturns(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	noise := make([]float64, 300)
	for i := range noise {
		noise[i] = 0.01 * random.NormFloat64()
	}
	single := make([]float64, 300)
	single[0] = 1
	for name, returns := range map[string][]float64{
		"noise": noise, "a single move": single, "growing": growing(300), "alternating": slices.Repeat([]float64{0.01, -0.01}, 150),
	} {
		g, ok := FitGARCH(returns)
		if !ok || !(g.Omega > 0) || !(g.Alpha >= 0) || !(g.Beta >= 0) || !(g.Alpha+g.Beta <= 1) || math.IsInf(g.Omega, 0) {
			t.Errorf("%s: %+v, %t", name, g, ok)
		}
	}
}

func growing(n int) []float64 {
	returns := make([]float64, n)
	for i := range returns {
		returns[i] = math.Copysign(math.Exp(float64(i)/50), float64(i%2)-0.5)
	}
	return returns
}

func TestTooLittleHasNoFit(t *testing.T) {
	for name, returns := range map[string][]float64{"none": nil, "few": simulate(GARCH{1, 0.1, 0.8}, 99), "flat": make([]float64, 500)} {
		if got, ok := FitGARCH(returns); ok || got != (GARCH{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// TestAForecastIsTheRecursionWithoutNews, whether or not shocks die out.
func TestAForecastIsTheRecursionWithoutNews(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := GARCH{
			rapid.Float64Range(1e-8, 1e-3).Draw(r, "omega"),
			rapid.SampledFrom([]float64{0, 0.05, 0.25}).Draw(r, "alpha"),
			rapid.SampledFrom([]float64{0, 0.5, 0.75, 0.7499999999, 0.95, 0.96}).Draw(r, "beta"),
		}
		next := rapid.Float64Range(1e-8, 1e-2).Draw(r, "next")
		want := next
		for k := 1; k <= 60; k++ {
			if got := g.Forecast(next, k); !near(got, want, 1e-12) {
				r.Fatalf("%+v, step %d: %v, want %v", g, k, got, want)
			}
			want = g.Omega + (g.Alpha+g.Beta)*want
		}
		if got := g.Forecast(next, 0); got != next {
			r.Errorf("step 0: %v", got)
		}
	})
}

func TestShocksAreHalfGoneAfterAHalfLifeAndGoneFarAway(t *testing.T) {
	g := GARCH{Omega: 1e-5, Alpha: 0.1, Beta: 0.85}
	mean, ok := g.Unconditional()
	compare(t, "unconditional", mean, ok, 2e-4, exact)
	half, ok := g.HalfLife()
	compare(t, "half-life", half, ok, math.Log(0.5)/math.Log(0.95), exact)
	compare(t, "far away", g.Forecast(1, 10_000), true, mean, exact)
}

func TestShocksThatLastHaveNoEnd(t *testing.T) {
	for _, g := range []GARCH{{1, 0.25, 0.75}, {1, 0.5, 0.75}} {
		if got, ok := g.Unconditional(); ok || got != 0 {
			t.Errorf("%+v: unconditional %v", g, got)
		}
		if got, ok := g.HalfLife(); ok || got != 0 {
			t.Errorf("%+v: half-life %v", g, got)
		}
	}
	if got, ok := (GARCH{Omega: 1}).HalfLife(); ok || got != 0 {
		t.Errorf("without shocks: half-life %v", got)
	}
	if got, ok := (GARCH{}).LogLikelihood([]float64{1, 1}, 1); ok || got != 0 {
		t.Errorf("without variance: likelihood %v", got)
	}
}
