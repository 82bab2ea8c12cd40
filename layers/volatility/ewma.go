package volatility

import (
	"math"
	"time"
)

// EWMA is the exponentially weighted volatility of returns on a grid, the newest
// last, with zero mean, annualised:
//
//	σ = sqrt(Y/Δ · Σ λⁱ r²ₙ₋ᵢ / Σ λⁱ),  i = 0 … n-1
//
// It is the RiskMetrics estimator (J.P. Morgan 1996) with weights that sum to 1, so
// that there is no first value to choose; λ = 1 makes it [CloseZero]. It includes the
// newest return: RiskMetrics' forecast for the next step. λ belongs to a step, see
// [Lambda]: 0.94 is for days and of five-minute returns remembers an hour. It does
// not exist, and ok is false, for no returns and when λ is not in [0, 1].
//
// pandas gives it as ewm(alpha=1-λ, adjust=True).mean() of the squares; its std
// takes the mean away. Python's arch is one step behind: its σ²ₜ ends with rₜ₋₁ and
// begins with a backcast.
func EWMA(returns []float64, lambda float64, step time.Duration) (sigma float64, ok bool) {
	if len(returns) == 0 || lambda < 0 || lambda > 1 {
		return 0, false
	}
	var squares, weights float64
	for _, r := range returns {
		squares = lambda*squares + r*r
		weights = lambda*weights + 1
	}
	return PerYear(squares/weights, step), true
}

// Lambda is the weight that a step takes from what came before it, so that half is
// left after the half-life:
//
//	λ = 2^(-step/halfLife)
//
// RiskMetrics' 0.94 a day is a half-life of 11.2 days.
func Lambda(step, halfLife time.Duration) float64 {
	if halfLife <= 0 {
		return 0
	}
	return math.Exp2(-step.Seconds() / halfLife.Seconds())
}

// IrregularEWMA is the exponentially weighted volatility of a price that is seen
// whenever it is seen, in the memory of a few numbers:
//
//	A ← A·2^(-dt/h) + r²,  B ← B·2^(-dt/h) + dt,  σ = sqrt(Y·A/B)
//
// for each return r over dt seconds, with h the half-life. It is the time-scaled
// realised variance with forgetting, unbiased also when the source repeats a cached
// price now and then. A return over more than MaxGap only lets time pass: what
// happened in the gap is not known to belong to any part of it. Set both fields
// before the first price; a half-life of zero remembers the last return only.
type IrregularEWMA struct {
	HalfLife, MaxGap time.Duration

	at               time.Time
	price            float64
	squares, seconds float64
}

// Add takes the price at a time. It reports false, and changes nothing, when the
// time is not after the last one or the price is not finite and greater than zero.
func (e *IrregularEWMA) Add(at time.Time, price float64) bool {
	first := e.price == 0
	if !isPositive(price) || !first && !at.After(e.at) {
		return false
	}
	if !first {
		e.move(at.Sub(e.at), Return(e.price, price))
	}
	e.at, e.price = at, price
	return true
}

func (e *IrregularEWMA) move(dt time.Duration, r float64) {
	left := Lambda(dt, e.HalfLife)
	e.squares *= left
	e.seconds *= left
	if dt <= e.MaxGap {
		e.squares += r * r
		e.seconds += dt.Seconds()
	}
}

// Volatility is the estimate, annualised. Time alone does not change it. It does not
// exist, and ok is false, before the first return and when everything is forgotten:
// after a gap of several hundred half-lives.
func (e *IrregularEWMA) Volatility() (sigma float64, ok bool) {
	const forgotten = 1e-100 // seconds; below the squares would lose their digits
	if e.seconds < forgotten {
		return 0, false
	}
	return math.Sqrt(YearSeconds * (e.squares / e.seconds)), true
}
