package volatility

import (
	"math"
	"time"
)

// Beta is how far returns go along with those of a benchmark in the same steps, with
// zero mean as everything here:
//
//	β = Σ rₖ bₖ / Σ bₖ²
//
// It does not exist, and ok is false, when the benchmark did not move.
func Beta(returns, benchmark []float64) (beta float64, ok bool) {
	variance := meanProduct(benchmark, benchmark)
	if variance == 0 {
		return 0, false
	}
	return meanProduct(returns, benchmark) / variance, true
}

// RSquared is the share of the variance of returns that goes along with a benchmark
// in the same steps, 0 to 1:
//
//	R² = (Σ rₖ bₖ)² / (Σ rₖ² Σ bₖ²)
//
// It does not exist, and ok is false, when either did not move.
func RSquared(returns, benchmark []float64) (share float64, ok bool) {
	a, b := meanProduct(returns, returns), meanProduct(benchmark, benchmark)
	if a == 0 || b == 0 {
		return 0, false
	}
	correlation := meanProduct(returns, benchmark) / (math.Sqrt(a) * math.Sqrt(b))
	return min(correlation*correlation, 1), true
}

// Idiosyncratic is the volatility that is left when β times the benchmark is taken
// away, annualised:
//
//	sqrt(Y/Δ · (1/T) Σₖ (rₖ - β bₖ)²)
//
// Of no returns it is 0.
func Idiosyncratic(returns, benchmark []float64, beta float64, step time.Duration) float64 {
	var sum float64
	for k, r := range returns {
		own := r - beta*benchmark[k]
		sum += own * own
	}
	return annualise(sum, len(returns), step)
}
