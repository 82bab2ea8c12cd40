package volatility

import (
	"math"
	"time"
)

// CloseDemeaned is the close-to-close volatility around the mean return, divisor
// n-1, annualised:
//
//	σ = sqrt(Y/Δ · (1/(n-1)) Σ (rₖ - r̄)²)
//
// with Δ the step of the returns. σ² is unbiased whatever the drift; σ itself reads
// low by about 1/(4n) of it. A straight trend reads as 0, which is why [CloseZero] is
// the headline: over 30 days of bitcoin the two differ by up to 18 %. It does not
// exist, and ok is false, for fewer than two returns.
//
// It is what pandas' std and Glassnode give of the same returns. R's TTR counts
// bars, not returns: its close volatility of n+1 bars is this of n returns; its
// mean0 = TRUE divides by n-1 too and so is [CloseZero] times sqrt(n/(n-1)).
// quantstats takes simple returns. PromQL's stddev_over_time divides by n.
func CloseDemeaned(returns []float64, step time.Duration) (sigma float64, ok bool) {
	if len(returns) < 2 {
		return 0, false
	}
	var s spread
	for _, r := range returns {
		s.add(r)
	}
	return PerYear(s.variance(), step), true
}

// PerYear is the annualised volatility of a variance that was collected, or holds,
// over a span:
//
//	σ = sqrt(Y/span · variance)
//
// It takes returns for uncorrelated: only then does variance grow with time. The
// variance must not be below zero, the span must be above it.
func PerYear(variance float64, span time.Duration) float64 {
	return math.Sqrt(YearSeconds / span.Seconds() * variance)
}
