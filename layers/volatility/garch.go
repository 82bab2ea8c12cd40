package volatility

import "math"

// GARCH is a GARCH(1,1) process of returns with zero mean (Bollerslev 1986): the
// variance of a step is
//
//	hₜ₊₁ = ω + α rₜ² + β hₜ
//
// with ω > 0, α ≥ 0, β ≥ 0. Variances are those of one step; [PerYear] annualises
// them. Packages agree on the recursion and differ in h₁: ours is the mean of r²;
// R's fGarch has ω + (α+β)·mean r², Python's arch a backcast of the first 75 r² with
// weights 0.94ⁱ. Hence first is handed in. arch also wants returns in per cent.
type GARCH struct{ Omega, Alpha, Beta float64 }

// Filter returns the variances h₁ … hₙ₊₁ of n returns: of each step as it was
// expected before it, and last of the step to come. h₁ is first.
func (g GARCH) Filter(returns []float64, first float64) []float64 {
	variances := make([]float64, 1, len(returns)+1)
	variances[0] = first
	for t, r := range returns {
		variances = append(variances, g.next(r, variances[t]))
	}
	return variances
}

func (g GARCH) next(r, variance float64) float64 {
	return g.Omega + g.Alpha*(r*r) + g.Beta*variance
}

// LogLikelihood is the Gaussian log-likelihood of returns, h₁ being first:
//
//	ℓ = -½ Σ (ln 2π + ln hₜ + rₜ²/hₜ)
//
// It does not exist, and ok is false, when a variance is not above 0.
func (g GARCH) LogLikelihood(returns []float64, first float64) (likelihood float64, ok bool) {
	var s sum
	variance := first
	for _, r := range returns {
		if variance <= 0 {
			return 0, false
		}
		s.add(math.Log(2*math.Pi*variance) + r*r/variance)
		variance = g.next(r, variance)
	}
	return -s.value() / 2, true
}

// Unconditional is the variance of a step that is far away, ω/(1-α-β). It does not
// exist, and ok is false, when α+β is 1 or more: shocks then last for ever.
func (g GARCH) Unconditional() (variance float64, ok bool) {
	if g.Alpha+g.Beta >= 1 {
		return 0, false
	}
	return g.Omega / (1 - g.Alpha - g.Beta), true
}

// Forecast is the variance expected of step k from now, given that of the next step,
// the last of [GARCH.Filter]:
//
//	h̄ + (α+β)ᵏ⁻¹ (hₙ₊₁ - h̄)
//
// with h̄ the [GARCH.Unconditional]. Where that does not exist the forecast still
// does, for the recursion goes on. k below 1 counts as 1. The variance of the next k
// steps together is the sum of their forecasts.
func (g GARCH) Forecast(next float64, k int) float64 {
	persistence, steps := g.Alpha+g.Beta, float64(k-1)
	switch {
	case k <= 1:
		return next
	case persistence == 1:
		return next + g.Omega*steps
	}
	gone := -math.Expm1(steps * math.Log(persistence)) // 1 - persistenceᵏ⁻¹ keeps no digits near 1
	return g.Omega*gone/(1-persistence) + math.Pow(persistence, steps)*next
}

// HalfLife is how many steps it takes until half of a shock to the variance is
// forgotten, ln ½ / ln(α+β). It does not exist, and ok is false, unless α+β lies
// between 0 and 1.
func (g GARCH) HalfLife() (steps float64, ok bool) {
	persistence := g.Alpha + g.Beta
	if persistence <= 0 || persistence >= 1 {
		return 0, false
	}
	return -math.Ln2 / math.Log(persistence), true
}
