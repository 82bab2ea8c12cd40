package volatility

import "math"

// YearSeconds is the length of the year that volatilities are annualised with:
// 365 days of 24 hours, also in leap years, for a market that never closes.
const YearSeconds = 31_536_000

// Return is the natural-log return of a price that went from one value to another,
// both greater than zero:
//
//	r = ln(to/from) = log1p((to-from)/from)
//
// The second form keeps the digits that the difference of two logarithms loses: for
// minute returns it is 100 times more exact. It needs to-from to be exact, which
// holds within a factor of two (Sterbenz 1974); beyond, the logarithm of the
// quotient is as exact and stays finite however deep the fall.
func Return(from, to float64) float64 {
	if ratio := to / from; ratio < 0.5 || ratio > 2 {
		return math.Log(ratio)
	}
	return math.Log1p((to - from) / from)
}

// IndexReturn is the log return of an equal-weight basket over one step, given the
// log returns of its n members:
//
//	r = ln(1 + Σ (e^rᵢ - 1)/n)
//
// It is the return of somebody who held equal amounts of money in each. The sum is
// taken relative to the highest return, so a basket of one, or of members that all
// moved alike, has exactly their return, and no fall is deep enough to make it
// infinite. The basket must have a member; of none the return is 0.
func IndexReturn(returns []float64) float64 {
	if len(returns) == 0 {
		return 0
	}
	top := returns[0]
	for _, r := range returns[1:] {
		top = max(top, r)
	}
	var sum float64
	for _, r := range returns {
		sum += math.Expm1(r - top)
	}
	return top + math.Log1p(sum/float64(len(returns)))
}
