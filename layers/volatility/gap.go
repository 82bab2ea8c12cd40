package volatility

import (
	"math"
	"time"
)

// GarmanKlassYangZhang is [GarmanKlass] with the gaps between bars, annualised (Yang
// and Zhang, Journal of Business 73, 2000, 477):
//
//	σ = sqrt(Y/Δ · 1/n Σ (ln(O/C₋₁)² + ½ ln(H/L)² - (2 ln 2 - 1) ln(C/O)²))
//
// C₋₁ is the close of the bar before; previous is that of the first. It assumes no
// drift, and the two biases of [Parkinson] remain. A market that never closes has
// next to no gaps. It does not exist, and ok is false, for no bars, when one is not
// [Bar.Valid] and when previous is no price. R's TTR (gk.yz) agrees.
func GarmanKlassYangZhang(previous float64, bars []Bar, step time.Duration) (sigma float64, ok bool) {
	if !isPositive(previous) {
		return 0, false
	}
	return rangeVolatility(bars, step, func(b Bar) float64 {
		gap := Return(previous, b.Open)
		previous = b.Close
		return gap*gap + garmanKlass(b)
	})
}

// YangZhang is the volatility from bars whatever their drift and their gaps,
// annualised (Yang and Zhang, Journal of Business 73, 2000, 477):
//
//	σ = sqrt(Y/Δ · (V_o + k V_c + (1-k) V_rs)),  k = 0.34 / (1.34 + (n+1)/(n-1))
//
// V_o and V_c are the sample variances, divisor n-1, of the gaps ln(O/C₋₁) and of the
// moves ln(C/O), V_rs the mean of [RogersSatchell]; previous is the close before the
// first bar. It is unbiased if the bars were watched all the time. Where markets
// never close V_o is nearly 0 and it becomes Rogers-Satchell with a little close to
// close: it is here to compare with. It does not exist, and ok is false, for fewer
// than two bars, when one is not [Bar.Valid] and when previous is no price.
//
// R's TTR agrees (its documented arguments alpha and k fail). OpenBB and
// volatility-trading in Python do not: they take close to close for V_c, with zero
// mean, and divide V_rs by n-1.
func YangZhang(previous float64, bars []Bar, step time.Duration) (sigma float64, ok bool) {
	if len(bars) < 2 || !isPositive(previous) {
		return 0, false
	}
	var gaps, moves spread
	var ranges sum
	for _, b := range bars {
		if !b.Valid() {
			return 0, false
		}
		gaps.add(Return(previous, b.Open))
		moves.add(Return(b.Open, b.Close))
		ranges.add(rogersSatchell(b))
		previous = b.Close
	}
	n := float64(len(bars))
	k := 0.34 / (1.34 + (n+1)/(n-1))
	return PerYear(gaps.variance()+k*moves.variance()+(1-k)*ranges.value()/n, step), true
}

// isPositive says whether a number is finite and greater than zero, as prices are.
func isPositive(v float64) bool { return v > 0 && !math.IsInf(v, 1) }
