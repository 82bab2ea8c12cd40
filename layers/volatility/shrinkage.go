package volatility

import "math"

// LedoitWolf is the covariance matrix of [Covariance], shrunk towards the multiple of the
// identity with the same trace by as much as is best for m members and T steps (Ledoit and
// Wolf, J. Multivariate Analysis 88 (2004) 365):
//
//	Σ = ρ μ I + (1-ρ) S,  μ = tr(S)/m,  ρ = min(b², d²)/d²
//	d² = ‖S - μI‖²,  b² = (1/T²) Σₖ ‖rₖ rₖ' - S‖²   (Frobenius)
//
// The divisor is T and the mean is zero, as in scikit-learn's ledoit_wolf with
// assume_centered. The intensity ρ is between 0 and 1, and 0 where S is such a multiple
// already. returns holds one row a member, all of the same length and without gaps.
func LedoitWolf(returns [][]float64) (shrunk [][]float64, intensity float64) {
	s := Covariance(returns)
	var mu float64
	for i := range s {
		mu += s[i][i] / float64(len(s))
	}
	var distance, noise sum
	for i := range s {
		for j := range s {
			off := s[i][j]
			if i == j {
				off -= mu
			}
			distance.add(off * off)
			noise.add(scatter(returns[i], returns[j], s[i][j]))
		}
	}
	if d := distance.value(); d > 0 {
		intensity = min(noise.value()/d, 1)
	}
	for i := range s {
		for j := range s {
			s[i][j] *= 1 - intensity
		}
		s[i][i] += intensity * mu
	}
	return s, intensity
}

// scatter is how far the products of two rows stray from their mean, (1/T²) Σ (ab - s)².
func scatter(a, b []float64, s float64) float64 {
	var total float64
	for k := range a {
		stray := a[k]*b[k] - s
		total += stray * stray
	}
	steps := float64(len(a))
	return total / (steps * steps)
}

// ImpliedCorrelation is the one correlation between all pairs with which the members'
// volatilities would make that of their portfolio, the realised analogue of Cboe's COR:
//
//	ρ = (w'Sw - Σ wᵢ² σᵢ²) / ((Σ wᵢ σᵢ)² - Σ wᵢ² σᵢ²)
//
// Unlike [MeanCorrelation] it heeds the volatile and the heavy more. It does not exist,
// and ok is false, for fewer than two members that move.
func ImpliedCorrelation(s [][]float64, weights []float64) (correlation float64, ok bool) {
	var pairs, covariances float64
	for i := range s {
		for j := range i {
			w := weights[i] * weights[j]
			pairs += w * math.Sqrt(s[i][i]) * math.Sqrt(s[j][j])
			covariances += w * s[i][j]
		}
	}
	if pairs <= 0 {
		return 0, false
	}
	return min(max(covariances/pairs, -1), 1), true
}
