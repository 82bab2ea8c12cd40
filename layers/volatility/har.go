package volatility

import "math"

// harMonth is the longest of the spans that [HAR] looks back on: 1, 7 and 30 days.
const harMonth = 30

// HAR is the heterogeneous autoregression of daily realised variance (Corsi 2009),
// with the spans of a market that never closes, a day, a week of 7 and a month of 30
// days, where Corsi has 1, 5 and 22:
//
//	RVₜ₊ₕ = c + b₁ RVₜ + b₇ mean(RVₜ₋₆ … RVₜ) + b₃₀ mean(RVₜ₋₂₉ … RVₜ) + e
//
// In the log form each of RVₜ₊ₕ, RVₜ and the two means goes in as its logarithm. The
// forecast is of the single day h days ahead; Andersen, Bollerslev and Diebold (2007)
// and R's highfrequency regress the mean of the next h days, which for h = 1 is the
// same.
type HAR struct {
	// Constant, Day, Week and Month are c, b₁, b₇ and b₃₀.
	Constant, Day, Week, Month float64
	// Residual is s², the residual variance with divisor n-4.
	Residual float64
	// Horizon is h in days, and Observations n, the days the fit explains.
	Horizon, Observations int
	// Log says that the fit is of logarithms.
	Log bool
}

// FitHAR fits the level form to the realised variances of consecutive days, the
// oldest first, by least squares. Days of crisis weigh by their squares, and its
// forecasts can come out below 0: [FitLogHAR] behaves better. It does not exist, and
// ok is false, for fewer than 5 observations, which are 34 days and the horizon, for
// a horizon below 1 and when the variances do not vary enough to tell the spans apart.
func FitHAR(variances []float64, horizon int) (model HAR, ok bool) {
	return fitHAR(variances, HAR{Horizon: horizon})
}

// FitLogHAR is [FitHAR] in the log form, which takes the logarithm's errors for
// normal. It does not exist either when a day has no variance.
func FitLogHAR(variances []float64, horizon int) (model HAR, ok bool) {
	for _, v := range variances {
		if v <= 0 {
			return HAR{}, false
		}
	}
	return fitHAR(variances, HAR{Horizon: horizon, Log: true})
}

func fitHAR(variances []float64, m HAR) (HAR, bool) {
	m.Observations = len(variances) - harMonth + 1 - m.Horizon
	if m.Horizon < 1 || m.Observations < 5 {
		return HAR{}, false
	}
	columns, y := make([][]float64, 4), make([]float64, m.Observations)
	for k := range columns {
		columns[k] = make([]float64, m.Observations)
	}
	for i := range y {
		end := i + harMonth
		for k, x := range m.regressors(variances[:end]) {
			columns[k][i] = x
		}
		y[i] = m.scale(variances[end-1+m.Horizon])
	}
	b, rest, ok := leastSquares(columns, y)
	if !ok {
		return HAR{}, false
	}
	m.Constant, m.Day, m.Week, m.Month = b[0], b[1], b[2], b[3]
	m.Residual = rest / float64(m.Observations-len(b))
	return m, true
}

// Forecast is the realised variance expected of the day [HAR.Horizon] days after the
// last of the days given, at least 30 of them. The log form is turned back with the
// mean of a log-normal, exp(f + s²/2): exp(f) alone is its median and too low. It
// does not exist, and ok is false, for fewer days, in the log form for a last day
// without variance, and when it is not finite and above 0.
func (m HAR) Forecast(variances []float64) (variance float64, ok bool) {
	if len(variances) < harMonth {
		return 0, false
	}
	x := m.regressors(variances)
	f := m.Constant*x[0] + m.Day*x[1] + m.Week*x[2] + m.Month*x[3]
	if m.Log {
		f = math.Exp(f + m.Residual/2)
	}
	if !isPositive(f) {
		return 0, false
	}
	return f, true
}

// regressors are 1 and the means of the last day, week and month.
func (m HAR) regressors(variances []float64) [4]float64 {
	mean := func(days int) float64 {
		var s sum
		for _, v := range variances[len(variances)-days:] {
			s.add(v)
		}
		return m.scale(s.value() / float64(days))
	}
	return [4]float64{1, mean(1), mean(7), mean(harMonth)}
}

func (m HAR) scale(variance float64) float64 {
	if m.Log {
		return math.Log(variance)
	}
	return variance
}
