package volatility

import (
	"math"
	"slices"
)

// leastRoom is how many times over a limit must hold the members that it is set on.
const leastRoom = 1.5

// Weighable says whether a limit on single weights leaves m members room to differ:
// m · limit must be 1.5 at least. Close to 1 every member would be lifted to the limit,
// the smallest like the largest: [100, 99, 98, 10⁻⁹] at 25 % gives dust a quarter.
func Weighable(m int, limit float64) bool { return float64(m)*limit >= leastRoom }

// LimitedWeights are weights in proportion to sizes, none above a limit, that sum to 1.
// What a member has above the limit goes to the others in proportion to their sizes, and
// again until none is above. Sizes must be positive. Where the limit leaves no room, see
// [Weighable], the weights are equal.
func LimitedWeights(sizes []float64, limit float64) []float64 {
	weights := make([]float64, len(sizes))
	if !Weighable(len(sizes), limit) {
		for i := range weights {
			weights[i] = 1 / float64(len(sizes))
		}
		return weights
	}
	limited := make([]bool, len(sizes))
	for share(weights, sizes, limited, limit) {
		for i, w := range weights {
			limited[i] = limited[i] || w > limit
		}
	}
	return weights
}

// share gives the limited members the limit and the others what is left, and says
// whether that puts one of them above the limit.
func share(weights, sizes []float64, limited []bool, limit float64) (above bool) {
	left, free := 1.0, 0.0
	for i, size := range sizes {
		if limited[i] {
			left -= limit
		} else {
			free += size
		}
	}
	for i, size := range sizes {
		weights[i] = limit
		if !limited[i] {
			weights[i] = left * (size / free)
			above = above || weights[i] > limit
		}
	}
	return above
}

// BasketReturns are the log returns of baskets of the same members over one step, given
// the log returns of the members and, for each basket, their weights at the start of the
// step, which sum to 1:
//
//	r = ln(1 + Σ wᵢ (e^rᵢ - 1))
//
// Like [IndexReturn], its case of equal weights, it is summed relative to the highest
// return. The baskets must have a member. It overwrites returns.
func BasketReturns(returns []float64, weights [][]float64) []float64 {
	if len(weights) == 0 {
		return nil
	}
	top := slices.Max(returns)
	for i, r := range returns {
		returns[i] = math.Expm1(r - top)
	}
	baskets := make([]float64, len(weights))
	for b, w := range weights {
		baskets[b] = top + math.Log1p(dot(w, returns))
	}
	return baskets
}
