package volatility

import "math"

// NoiseVariance is the variance of the noise that sits on every single log price,
// from returns so fine that it drowns everything else (Bandi and Russell 2006; Hansen
// and Lunde 2006):
//
//	ω² = RV / 2n
//
// On liquid tokens one-minute returns are still price and not noise, and it reads
// high. It does not exist, and ok is false, for no returns.
func NoiseVariance(returns []float64) (variance float64, ok bool) {
	if len(returns) == 0 {
		return 0, false
	}
	return RealisedVariance(returns) / float64(2*len(returns)), true
}

// TSRV is the two-scales realised variance of a span, which noise does not bias
// (Zhang, Mykland and Aït-Sahalia 2005, with their small-sample factor):
//
//	TSRV = (RV_K - n̄/n · RV_1) / (1 - n̄/n),  n̄ = (n-K+1)/K
//
// RV_1 is [RealisedVariance] of the n returns; RV_K is the mean of those of the K
// grids of every K-th price, (1/K) Σ (rᵢ + … + rᵢ₊K₋₁)². The noise is taken as
// independent of the price and from one price to the next. The first and last K-1
// returns are in fewer of the grids, so it reads low by about (K-1)/n. For little
// volatility and much noise the difference can come out below 0: then it does not
// exist, and ok is false; nor for K below 2 or above n. R's highfrequency counts
// prices for n.
func TSRV(returns []float64, scale int) (variance float64, ok bool) {
	if scale < 2 || len(returns) < scale {
		return 0, false
	}
	var slow sum
	for i := range len(returns) - scale + 1 {
		var move float64
		for _, r := range returns[i : i+scale] {
			move += r
		}
		slow.add(move * move)
	}
	n, k := float64(len(returns)), float64(scale)
	share := (n - k + 1) / k / n
	variance = (slow.value()/k - share*RealisedVariance(returns)) / (1 - share)
	return max(variance, 0), variance >= 0
}

// RealisedKernel is the variance of a span with the noise taken out by the returns'
// own autocovariances, Parzen weights (Barndorff-Nielsen, Hansen, Lunde and Shephard
// 2008, 2009):
//
//	K = γ₀ + 2 Σₕ k(h/(H+1)) γₕ,  γₕ = Σᵢ rᵢ rᵢ₋ₕ,  h = 1 … H
//	k(x) = 1 - 6x² + 6x³ to ½, then 2(1-x)³
//
// H is the bandwidth; see [KernelBandwidth]. It is never negative, allows noise that
// depends on the price and on itself, and with H = 0 is [RealisedVariance]. The first
// and last price are not averaged, as the paper does against end effects. It does not
// exist, and ok is false, for no returns and H below 0.
func RealisedKernel(returns []float64, bandwidth int) (variance float64, ok bool) {
	if len(returns) == 0 || bandwidth < 0 {
		return 0, false
	}
	var s sum
	s.add(RealisedVariance(returns))
	for h := 1; h <= bandwidth && h < len(returns); h++ {
		s.add(2 * parzen(float64(h)/float64(bandwidth+1)) * autocovariance(returns, h))
	}
	return max(s.value(), 0), true
}

func parzen(x float64) float64 {
	if x <= 0.5 {
		return 1 - 6*x*x*(1-x)
	}
	return 2 * (1 - x) * (1 - x) * (1 - x)
}

// autocovariance is Σ rᵢ rᵢ₋ₕ.
func autocovariance(returns []float64, h int) float64 {
	var s sum
	for i := h; i < len(returns); i++ {
		s.add(returns[i] * returns[i-h])
	}
	return s.value()
}

// KernelBandwidth is the bandwidth that makes the error of [RealisedKernel] of n
// returns smallest (Barndorff-Nielsen, Hansen, Lunde and Shephard 2009):
//
//	H = ⌈c ξ^(4/5) n^(3/5)⌉,  c = (12²/0.269)^(1/5) = 3.5134,  ξ² = ω²/IV
//
// ω² is the [NoiseVariance] of the finest returns there are, IV a variance of the
// same span that noise hardly touches, such as [RealisedVariance] of 20-minute
// returns. It does not exist, and ok is false, without returns, variance or with
// negative noise.
func KernelBandwidth(n int, noise, variance float64) (bandwidth int, ok bool) {
	if n < 1 || noise < 0 || variance <= 0 {
		return 0, false
	}
	const c = 3.5134
	h := math.Ceil(c * math.Pow(noise/variance, 0.4) * math.Pow(float64(n), 0.6))
	return int(min(h, float64(n))), true
}
