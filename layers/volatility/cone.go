package volatility

import (
	"math"
	"slices"
	"time"
)

// A ConeSlice is the volatility cone at one length of window.
type ConeSlice struct {
	// Quantiles are of the rolling [CloseZero], annualised, in the order asked for,
	// between two values linearly (type 7 of Hyndman and Fan 1996, as NumPy and R).
	Quantiles []float64
	// Windows is n, how many windows there were, each a step after the other.
	Windows int
	// VarianceFactor is the [HodgesTompkins] factor of so many windows.
	VarianceFactor float64
}

// Cone says how the volatility of so many returns used to lie, from every window of
// that length in the past (Burghardt and Lane 1990). A cone has several lengths.
// Quantiles are shares, 0 the lowest and 1 the highest. Windows that overlap are
// alike, so the cone is too narrow: the variance of the rolling variances times
// VarianceFactor is unbiased if returns are independent. The quantiles are left as
// they are; Python ports multiply volatilities by the factor, which is one of
// variances. It does not exist, and ok is false, unless there are more windows than
// returns in one, and for a quantile outside [0, 1].
func Cone(returns []float64, window int, quantiles []float64, step time.Duration) (slice ConeSlice, ok bool) {
	factor, ok := HodgesTompkins(window, len(returns))
	if !ok {
		return ConeSlice{}, false
	}
	rolling := make([]float64, len(returns)-window+1)
	for i := range rolling {
		rolling[i] = CloseZero(returns[i:i+window], step)
	}
	slices.Sort(rolling)
	slice = ConeSlice{Quantiles: make([]float64, len(quantiles)), Windows: len(rolling), VarianceFactor: factor}
	for i, q := range quantiles {
		if q < 0 || q > 1 {
			return ConeSlice{}, false
		}
		slice.Quantiles[i] = quantile(rolling, q)
	}
	return slice, true
}

// HodgesTompkins is what a variance with divisor n, taken over all n = T-h+1 windows
// of h out of T returns, has to be multiplied by to be unbiased although they overlap
// (Hodges and Tompkins 2002):
//
//	1 / (1 - h/n + (h²-1)/(3n²))
//
// Sums of h independent terms have exactly this; at h = 1 it is n/(n-1). It is a
// factor of variances: a standard deviation takes its root. It does not exist, and ok
// is false, unless n > h > 0.
func HodgesTompkins(window, returns int) (factor float64, ok bool) {
	h, n := float64(window), float64(returns-window+1)
	if h < 1 || n <= h {
		return 0, false
	}
	return 1 / (1 - h/n + (h*h-1)/(3*n*n)), true
}

func quantile(sorted []float64, q float64) float64 {
	place := q * float64(len(sorted)-1)
	low := int(math.Floor(place))
	high := min(low+1, len(sorted)-1)
	return sorted[low] + (place-float64(low))*(sorted[high]-sorted[low])
}

// VolOfVol is the volatility of volatility, annualised: the standard deviation,
// divisor n-1, of the changes of its logarithm from one step to the next,
//
//	sqrt(Y/Δ · 1/(n-1) Σ (xₖ - x̄)²),  xₖ = ln(σₖ/σₖ₋₁)
//
// of volatilities one step apart that share no returns, 30 daily ones say: changes of
// a rolling volatility are what leaves its window. Part of it is the error of each σ,
// which alone makes about sqrt(Y/Δ/m) if each has m returns. It does not exist, and ok
// is false, for fewer than three volatilities and when one is not above 0.
func VolOfVol(volatilities []float64, step time.Duration) (sigma float64, ok bool) {
	if len(volatilities) < 3 || !isPositive(volatilities[0]) {
		return 0, false
	}
	var changes spread
	for k := 1; k < len(volatilities); k++ {
		if !isPositive(volatilities[k]) {
			return 0, false
		}
		changes.add(Return(volatilities[k-1], volatilities[k]))
	}
	return PerYear(changes.variance(), step), true
}
