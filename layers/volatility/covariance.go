package volatility

import (
	"math"
	"time"
)

// Covariance is the zero-mean covariance matrix per step of m members over T steps,
// divisor T:
//
//	Sᵢⱼ = (1/T) Σₖ rᵢₖ rⱼₖ
//
// returns holds one row a member, all of the same length and without gaps: only
// steps in which every member has a return keep S positive semidefinite, and so
// every variance made from it at least 0.
func Covariance(returns [][]float64) [][]float64 {
	s := make([][]float64, len(returns))
	for i := range s {
		s[i] = make([]float64, len(returns))
		for j := range i + 1 {
			s[i][j] = meanProduct(returns[i], returns[j])
			s[j][i] = s[i][j]
		}
	}
	return s
}

func meanProduct(a, b []float64) float64 {
	if len(a) == 0 {
		return 0
	}
	var sum float64
	for k := range a {
		sum += a[k] * b[k]
	}
	return sum / float64(len(a))
}

// MeanCorrelation is the unweighted mean of the correlations of all pairs,
//
//	Sᵢⱼ / sqrt(Sᵢᵢ Sⱼⱼ),  i < j
//
// between -1 and 1. It does not exist, and ok is false, for fewer than two members
// and when a member has no variance.
func MeanCorrelation(s [][]float64) (mean float64, ok bool) {
	if len(s) < 2 {
		return 0, false
	}
	var sum float64
	for i := range s {
		if s[i][i] <= 0 {
			return 0, false
		}
		for j := range i {
			sum += s[i][j] / (math.Sqrt(s[i][i]) * math.Sqrt(s[j][j]))
		}
	}
	pairs := len(s) * (len(s) - 1) / 2
	return min(max(sum/float64(pairs), -1), 1), true
}

// DiversificationRatio is the weighted mean of the members' volatilities over the
// volatility of their portfolio (Choueifaty and Coignard 2008):
//
//	DR = Σ wᵢ σᵢ / sqrt(w'Sw)
//
// It is at least 1, and 1 when nothing is diversified. It does not exist, and ok is
// false, when the portfolio has no variance.
func DiversificationRatio(s [][]float64, weights []float64) (ratio float64, ok bool) {
	var sum float64
	for i, w := range weights {
		sum += w * math.Sqrt(s[i][i])
	}
	variance := portfolioVariance(s, weights)
	if variance <= 0 {
		return 0, false
	}
	return max(sum/math.Sqrt(variance), 1), true
}

// RiskShares are the members' Euler shares of the portfolio's variance (Litterman
// 1996, Tasche 1999):
//
//	shareᵢ = wᵢ (Sw)ᵢ / w'Sw
//
// They sum to 1; a member that hedges the others has a negative share. They do not
// exist, and ok is false, when the portfolio has no variance.
func RiskShares(s [][]float64, weights []float64) (shares []float64, ok bool) {
	variance := portfolioVariance(s, weights)
	if variance <= 0 {
		return nil, false
	}
	shares = make([]float64, len(weights))
	for i, w := range weights {
		shares[i] = w * dot(s[i], weights) / variance
	}
	return shares, true
}

// Dispersion is how far the members stray from their portfolio, annualised:
//
//	sqrt(Y/Δ · (1/T) Σₖ Σᵢ wᵢ (rᵢₖ - rₚₖ)²),  rₚₖ = Σᵢ wᵢ rᵢₖ
//
// It is the realised analogue of Cboe's DSPX. returns holds one row a member, all of
// the same length and without gaps. One member strays from nothing: 0.
func Dispersion(returns [][]float64, weights []float64, step time.Duration) float64 {
	if len(returns) == 0 {
		return 0
	}
	var sum float64
	for k := range returns[0] {
		var portfolio float64
		for i, w := range weights {
			portfolio += w * returns[i][k]
		}
		for i, w := range weights {
			stray := returns[i][k] - portfolio
			sum += w * stray * stray
		}
	}
	return annualise(sum, len(returns[0]), step)
}

// portfolioVariance is w'Sw.
func portfolioVariance(s [][]float64, weights []float64) float64 {
	var sum float64
	for i, w := range weights {
		sum += w * dot(s[i], weights)
	}
	return sum
}

func dot(a, b []float64) float64 {
	var sum float64
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
