package volatility

import (
	"math"
	"slices"
	"time"
)

// CloseZero is the close-to-close volatility with zero mean and divisor n,
// annualised:
//
//	σ = sqrt(Y/Δ · (1/n) Σ rₖ²)
//
// with Δ the step of the returns and Y = [YearSeconds]. It takes the drift over one
// step as zero, as realised variance does (Andersen, Bollerslev, Diebold and Labys
// 2003): a trend reads as volatility, one return is enough, and what is computed of
// tokens, indices and covariances adds up. Its standard error is σ/sqrt(2n). Of no
// returns it is 0: how many are enough is the caller's rule.
func CloseZero(returns []float64, step time.Duration) float64 {
	var sum float64
	for _, r := range returns {
		sum += r * r
	}
	return annualise(sum, len(returns), step)
}

// Downside is the volatility of the falling steps alone, annualised:
//
//	σ⁻ = sqrt(Y/Δ · (1/n) Σ min(rₖ, 0)²)
//
// n counts all returns, so downside² + upside² = [CloseZero]²; multiply by √2 to
// compare it with a volatility. It is the root of the downside realised
// semivariance (Barndorff-Nielsen, Kinnebrock and Shephard 2010). Of no returns it
// is 0.
func Downside(returns []float64, step time.Duration) float64 {
	var sum float64
	for _, r := range returns {
		fall := min(r, 0)
		sum += fall * fall
	}
	return annualise(sum, len(returns), step)
}

// annualise turns a sum of n squares of one step each into a volatility of a year.
func annualise(sum float64, n int, step time.Duration) float64 {
	if n == 0 {
		return 0
	}
	return math.Sqrt(YearSeconds / step.Seconds() * (sum / float64(n)))
}

// Median is the middle of the values, or the mean of the two middle ones of an even
// number. It reorders values. Of none it is 0.
func Median(values []float64) float64 {
	slices.Sort(values)
	middle := len(values) / 2
	switch {
	case len(values) == 0:
		return 0
	case len(values)%2 == 1:
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}
