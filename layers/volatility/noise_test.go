package volatility

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// noisyDay is a day of n returns with variance 1, each price off by noise of its own.
func noisyDay(random *rand.Rand, n int, noise float64) []float64 {
	returns, before := make([]float64, n), noise*random.NormFloat64()
	for k := range returns {
		now := noise * random.NormFloat64()
		returns[k] = random.NormFloat64()/math.Sqrt(float64(n)) + now - before
		before = now
	}
	return returns
}

// TestNoiseIsMeasuredAndTakenOut where it is most of what is seen: prices are off by
// 3 % of a day's volatility, 1440 times a day.
func TestNoiseIsMeasuredAndTakenOut(t *testing.T) {
	const n, noise = 1440, 0.03
	random := rand.New(rand.NewPCG(3, 4))
	var seen, scales, kernel, own spread
	for range 400 {
		returns := noisyDay(random, n, noise)
		omega, _ := NoiseVariance(returns)
		own.add(omega)
		seen.add(RealisedVariance(returns))
		v, ok := TSRV(returns, 40)
		scales.add(v)
		bandwidth, enough := KernelBandwidth(n, noise*noise, 1)
		k, there := RealisedKernel(returns, bandwidth)
		kernel.add(k)
		if !ok || !enough || !there {
			t.Fatal("no estimate")
		}
	}
	// RV = 1 + 2nω², ω̂² = ω² + 1/2n.
	for name, c := range map[string]struct {
		got       spread
		want, off float64
	}{
		"realised": {seen, 1 + 2*n*noise*noise, 0.03}, "noise": {own, noise*noise + 0.5/n, 1e-5},
		"two scales": {scales, 1 - 39.0/n, 0.05}, "kernel": {kernel, 1, 0.05},
	} {
		if math.Abs(c.got.mean-c.want) > c.off {
			t.Errorf("%s: %.5f, want %.5f", name, c.got.mean, c.want)
		}
	}
}

func TestAKernelIsNeverNegativeAndWithoutLagsTheRealisedVariance(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 1)
		bandwidth := rapid.IntRange(0, 200).Draw(r, "bandwidth")
		if got, ok := RealisedKernel(returns, bandwidth); !ok || got < 0 {
			r.Errorf("%v, %t", got, ok)
		}
		if got, ok := RealisedKernel(returns, 0); !ok || got != RealisedVariance(returns) {
			r.Errorf("without lags %v", got)
		}
	})
}

// TestOfNothingButNoiseTwoScalesSayNothing: the difference is below zero.
func TestOfNothingButNoiseTwoScalesSayNothing(t *testing.T) {
	returns := make([]float64, 100)
	for i := range returns {
		returns[i] = math.Copysign(0.01, float64(i%2)-0.5)
	}
	if got, ok := TSRV(returns, 2); ok || got != 0 {
		t.Errorf("%v", got)
	}
}

func TestScalesAndBandwidthsThatCannotBeAreRefused(t *testing.T) {
	returns := []float64{1, 2, 3}
	for _, scale := range []int{-1, 0, 1, 4} {
		if got, ok := TSRV(returns, scale); ok || got != 0 {
			t.Errorf("scale %d: %v", scale, got)
		}
	}
	if got, ok := RealisedKernel(returns, -1); ok || got != 0 {
		t.Errorf("kernel: %v", got)
	}
	for _, c := range []struct {
		n               int
		noise, variance float64
	}{{0, 1, 1}, {10, -1, 1}, {10, 1, 0}} {
		if got, ok := KernelBandwidth(c.n, c.noise, c.variance); ok || got != 0 {
			t.Errorf("%v: bandwidth %d", c, got)
		}
	}
	if got, ok := KernelBandwidth(10, 1e9, 1e-9); !ok || got != 10 {
		t.Errorf("of nothing but noise: %d", got)
	}
	if got, ok := KernelBandwidth(10, 0, 1); !ok || got != 0 {
		t.Errorf("without noise: %d", got)
	}
}
