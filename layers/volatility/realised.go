package volatility

import "math"

// RealisedVariance is the sum of squared returns within a span, a day say:
//
//	RV = Σ rᵢ²
//
// It estimates the variance of the span, jumps included, the better the finer the
// grid, until noise and asynchrony spoil it (Andersen, Bollerslev, Diebold and Labys
// 2003; Barndorff-Nielsen and Shephard 2002). Its own variance is about 2·IQ/n. Of no
// returns it is 0.
func RealisedVariance(returns []float64) float64 {
	var s sum
	for _, r := range returns {
		s.add(r * r)
	}
	return s.value()
}

// Semivariances are the parts of [RealisedVariance] that come from falls and from
// rises (Barndorff-Nielsen, Kinnebrock and Shephard 2010):
//
//	RS⁻ = Σ min(rᵢ, 0)²,  RS⁺ = Σ max(rᵢ, 0)²,  RS⁻ + RS⁺ = RV
//
// Without drift each is half of the diffusion's variance and the squared jumps of its
// sign. Of no returns both are 0. [Downside] is the annualised root.
func Semivariances(returns []float64) (down, up float64) {
	var falls, rises sum
	for _, r := range returns {
		if r < 0 {
			falls.add(r * r)
		} else {
			rises.add(r * r)
		}
	}
	return falls.value(), rises.value()
}

// BipowerVariation is the variance of the diffusion alone, without that of the
// jumps (Barndorff-Nielsen and Shephard 2004):
//
//	BV = (π/2) · n/(n-1) · Σ |rᵢ||rᵢ₋₁|
//
// A jump is multiplied by an ordinary return, so it fades as the grid gets finer;
// with few returns it still reads high, and with many zero returns low: then
// [MedRV]. It does not exist, and ok is false, for fewer than two returns. R's
// highfrequency leaves out n/(n-1).
func BipowerVariation(returns []float64) (variance float64, ok bool) {
	if len(returns) < 2 {
		return 0, false
	}
	n := float64(len(returns))
	return math.Pi / 2 * n / (n - 1) * products(returns), true
}

// products is Σ |rᵢ||rᵢ₋₁|.
func products(returns []float64) float64 {
	var s sum
	for i := 1; i < len(returns); i++ {
		s.add(math.Abs(returns[i] * returns[i-1]))
	}
	return s.value()
}

// MinRV is the variance of the diffusion alone, from the smaller of two neighbours
// (Andersen, Dobrev and Schaumburg 2012):
//
//	MinRV = π/(π-2) · n/(n-1) · Σ min(|rᵢ|, |rᵢ₊₁|)²
//
// A jump disappears from it. A price that is wrong once is two jumps, there and back,
// and remains, here as in [BipowerVariation] and [MedRV]: wrong prices have to be
// gone before. It does not exist, and ok is false, for fewer than two returns.
func MinRV(returns []float64) (variance float64, ok bool) {
	if len(returns) < 2 {
		return 0, false
	}
	var s sum
	for i := 1; i < len(returns); i++ {
		low := min(math.Abs(returns[i-1]), math.Abs(returns[i]))
		s.add(low * low)
	}
	n := float64(len(returns))
	return math.Pi / (math.Pi - 2) * n / (n - 1) * s.value(), true
}

// MedRV is the variance of the diffusion alone, from the middle one of three
// neighbours (Andersen, Dobrev and Schaumburg 2012):
//
//	MedRV = π/(6-4√3+π) · n/(n-2) · Σ med(|rᵢ₋₁|, |rᵢ|, |rᵢ₊₁|)²
//
// A jump disappears from it; it is more efficient than [MinRV] and less moved by zero
// returns. It does not exist, and ok is false, for fewer than three returns.
func MedRV(returns []float64) (variance float64, ok bool) {
	if len(returns) < 3 {
		return 0, false
	}
	var s sum
	for i := 2; i < len(returns); i++ {
		a, b, c := math.Abs(returns[i-2]), math.Abs(returns[i-1]), math.Abs(returns[i])
		middle := max(min(a, b), min(max(a, b), c))
		s.add(middle * middle)
	}
	n := float64(len(returns))
	return math.Pi / (6 - 4*math.Sqrt(3) + math.Pi) * n / (n - 2) * s.value(), true
}

// TripowerQuarticity is the integrated quarticity, what the error of
// [RealisedVariance] is made of, without the jumps' part (Barndorff-Nielsen and
// Shephard 2004):
//
//	TQ = n · μ⁻³ · Σ |rᵢ rᵢ₋₁ rᵢ₋₂|^(4/3),  μ = E|N(0,1)|^(4/3) = 2^(2/3) Γ(7/6)/Γ(1/2)
//
// It is in squared variances of the span. It does not exist, and ok is false, for
// fewer than three returns. Huang and Tauchen (2005) multiply by n/(n-2), as does
// rTPQuar of R's highfrequency, though not its jump test.
func TripowerQuarticity(returns []float64) (quarticity float64, ok bool) {
	if len(returns) < 3 {
		return 0, false
	}
	var s sum
	for i := 2; i < len(returns); i++ {
		root := math.Cbrt(returns[i]) * math.Cbrt(returns[i-1]) * math.Cbrt(returns[i-2])
		s.add(root * root * root * root)
	}
	mu := math.Exp2(2.0/3) * math.Gamma(7.0/6) / math.Gamma(0.5)
	return float64(len(returns)) / (mu * mu * mu) * s.value(), true
}
