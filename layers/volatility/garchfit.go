package volatility

import "math"

// garchMinimum is the fewest returns that [FitGARCH] looks at: fewer say nothing of
// persistence.
const garchMinimum = 100

// FitGARCH fits a GARCH(1,1) process to returns by maximum Gaussian likelihood, h₁
// being their mean square. It is consistent for other tails too (Bollerslev and
// Wooldridge 1992), needs several hundred returns to be worth anything, and gives the
// same for the same input on every machine up to rounding. α and β stay at or above 0
// and α+β at or below 1. It does not exist, and ok is false, for fewer than 100 returns
// and when none of them moved.
func FitGARCH(returns []float64) (model GARCH, ok bool) {
	first := RealisedVariance(returns) / float64(max(len(returns), 1))
	if len(returns) < garchMinimum || first == 0 {
		return GARCH{}, false
	}
	cost := func(p [3]float64) float64 {
		likelihood, ok := garchAt(p, first).LogLikelihood(returns, first)
		if !ok {
			return math.Inf(1)
		}
		return -likelihood / float64(len(returns))
	}
	best := climbDown(cost, garchStart(cost))
	return garchAt(best, first), true
}

// garchAt makes a model of three free numbers, so that each of them may be anything:
// ω over the mean square as a logarithm, persistence α+β and α's share of it as
// log-odds. ω stays above a billionth of the mean square: of a long standstill the
// likelihood would otherwise have no maximum.
func garchAt(p [3]float64, meanSquare float64) GARCH {
	persistence, share := odds(p[1]), odds(p[2])
	return GARCH{
		Omega: meanSquare * (1e-9 + math.Exp(min(p[0], 100))),
		Alpha: persistence * share,
		Beta:  persistence * (1 - share),
	}
}

func odds(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

func logOdds(p float64) float64 { return math.Log(p / (1 - p)) }

// garchStart is the best of a grid on which ω makes the unconditional variance the
// mean square: the likelihood can have more than one maximum.
func garchStart(cost func([3]float64) float64) [3]float64 {
	var best [3]float64
	lowest := math.Inf(1)
	for _, persistence := range []float64{0.3, 0.7, 0.9, 0.97, 0.99, 0.997} {
		for _, share := range []float64{0.02, 0.07, 0.15, 0.3, 0.6} {
			p := [3]float64{math.Log(1 - persistence), logOdds(persistence), logOdds(share)}
			if c := cost(p); c < lowest {
				best, lowest = p, c
			}
		}
	}
	return best
}
