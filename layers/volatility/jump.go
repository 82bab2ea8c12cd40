package volatility

import (
	"math"
	"time"
)

// JumpTest is the statistic of the test for jumps within a span, in the ratio form
// (Barndorff-Nielsen and Shephard 2006; Huang and Tauchen 2005):
//
//	z = (1 - BV/RV) / sqrt((π²/4 + π - 5)/n · max(1, TQ/BV²))
//
// of [RealisedVariance], [BipowerVariation] and [TripowerQuarticity]. Without jumps
// it is standard normal for large n; with jumps it is large: 3.09 is exceeded by
// chance once in a thousand. Stale prices and coarse ticks look like jumps to it, so
// the returns should be of five minutes or more. It does not exist, and ok is false,
// for fewer than three returns and when no two neighbours move.
//
// R's highfrequency takes the difference RV - BV unless told otherwise, and BV
// without n/(n-1).
func JumpTest(returns []float64) (z float64, ok bool) {
	tq, ok := TripowerQuarticity(returns)
	if !ok {
		return 0, false
	}
	rv := RealisedVariance(returns)
	bv, _ := BipowerVariation(returns)
	if bv == 0 {
		return 0, false
	}
	noise := (math.Pi*math.Pi/4 + math.Pi - 5) / float64(len(returns)) * max(1, tq/bv/bv)
	return (1 - bv/rv) / math.Sqrt(noise), true
}

// LeeMykland is how large each return is for the volatility just before it (Lee and
// Mykland 2008, definition 1):
//
//	Lᵢ = rᵢ / σ̂ᵢ,  σ̂ᵢ² = 1/(K-2) · Σ |rⱼ||rⱼ₋₁|,  j = i-K+2 … i-1
//
// with K the window, at least 3; see [LeeMyklandWindow]. The first K-1 returns have
// nothing before them: statistic k is that of return k+K-1. Of a market that stood
// still before nobody knows what is ordinary, and the statistic is 0. It does not
// exist, and ok is false, for fewer than K returns. A return is a jump when it exceeds
// [GumbelThreshold].
//
// σ̂ is low by sqrt(2/π), as in the paper: the threshold knows. R's highfrequency
// scales both to a standard normal.
func LeeMykland(returns []float64, window int) (statistics []float64, ok bool) {
	if window < 3 || len(returns) < window {
		return nil, false
	}
	statistics = make([]float64, len(returns)-window+1)
	for k := range statistics {
		bipower := products(returns[k:k+window-1]) / float64(window-2)
		if bipower > 0 {
			statistics[k] = returns[k+window-1] / math.Sqrt(bipower)
		}
	}
	return statistics, true
}

// LeeMyklandWindow is the window that Lee and Mykland (2008) recommend for returns of
// a step, the smallest they allow:
//
//	K = ⌈sqrt(Y/Δ)⌉
//
// That is 325 at five minutes, 94 at an hour. Their table has 270 and 78 for the same
// steps: it counts 252 days of 24 hours a year.
func LeeMyklandWindow(step time.Duration) int {
	return int(math.Ceil(math.Sqrt(YearSeconds / step.Seconds())))
}

// GumbelThreshold is what the largest of n statistics of [LeeMykland] exceeds with
// the probability given, 0.01 say, if there is no jump (their lemma 1):
//
//	Cₙ - Sₙ ln(-ln(1-p)),  c = sqrt(2/π),  Sₙ = 1/(c sqrt(2 ln n))
//	Cₙ = sqrt(2 ln n)/c - (ln π + ln ln n)/(2c sqrt(2 ln n))
//
// It is 5.66 for n = 864, three days of five minutes, at 1 %. It does not exist, and
// ok is false, for n below 3 and a probability outside (0, 1).
func GumbelThreshold(n int, probability float64) (threshold float64, ok bool) {
	if n < 3 || probability <= 0 || probability >= 1 {
		return 0, false
	}
	c := math.Sqrt(2 / math.Pi)
	logarithm := math.Log(float64(n))
	root := math.Sqrt(2 * logarithm)
	centre := root/c - (math.Log(math.Pi)+math.Log(logarithm))/(2*c*root)
	return centre - math.Log(-math.Log1p(-probability))/(c*root), true
}

// Jumps counts the returns that [LeeMykland] with the window given calls jumps, by
// their sign, so that in a span without jumps there is one with the probability given
// at most. It does not exist, and ok is false, when there are fewer than three
// statistics.
func Jumps(returns []float64, window int, probability float64) (down, up int, ok bool) {
	statistics, ok := LeeMykland(returns, window)
	if !ok {
		return 0, 0, false
	}
	threshold, ok := GumbelThreshold(len(statistics), probability)
	if !ok {
		return 0, 0, false
	}
	for _, l := range statistics {
		switch {
		case l < -threshold:
			down++
		case l > threshold:
			up++
		}
	}
	return down, up, true
}
