package volatility

import "math"

// ZScore is how many standard deviations a value lies above the mean of past values
// that do not include it:
//
//	z = (x - p̄) / s,  s² = Σ (pᵢ - p̄)² / (n-1)
//
// It is symmetric only for what is, so a volatility goes in as its logarithm. It does
// not exist, and ok is false, for fewer than two past values and when they are all
// equal.
func ZScore(value float64, past []float64) (z float64, ok bool) {
	if len(past) < 2 {
		return 0, false
	}
	// Relative to the first of them, equal values leave a spread of exactly zero.
	var sum, squares float64
	for _, p := range past {
		sum += p - past[0]
	}
	mean := sum / float64(len(past))
	for _, p := range past {
		deviation := p - past[0] - mean
		squares += deviation * deviation
	}
	if squares == 0 {
		return 0, false
	}
	return (value - past[0] - mean) / math.Sqrt(squares/float64(len(past)-1)), true
}

// PercentRank is the share of past values, which do not include the value, that lie
// strictly below it, 0 to 1. Of none it is 0.
func PercentRank(value float64, past []float64) float64 {
	if len(past) == 0 {
		return 0
	}
	below := 0
	for _, p := range past {
		if p < value {
			below++
		}
	}
	return float64(below) / float64(len(past))
}
