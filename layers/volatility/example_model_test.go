package volatility_test

import (
	"fmt"
	"math"
	"slices"
	"time"

	"strata/layers/volatility"
)

// sixtyDays is a calm season with a crisis that dies down.
func sixtyDays() []float64 {
	days := slices.Repeat([]float64{0.0004, 0.0005, 0.0004}, 20)
	for i := range 30 {
		days[20+i] += 0.01 * math.Exp(-float64(i)/5)
	}
	return days
}

// After a crisis of which little is left the level form expects calm.
func ExampleFitHAR() {
	model, ok := volatility.FitHAR(sixtyDays(), 1)
	forecast, sure := model.Forecast(sixtyDays())
	fmt.Println(model.Observations, ok, forecast < 0.001, sure)
	// Output: 30 true true true
}

func ExampleFitLogHAR() {
	model, ok := volatility.FitLogHAR(sixtyDays(), 7)
	fmt.Println(model.Horizon, model.Log, model.Observations, ok)
	// Output: 7 true 24 true
}

// A year of volatility of 20 % a day in variance 0.04: half from today, and the rest
// from the week and the month, which were calmer.
func ExampleHAR_Forecast() {
	month := slices.Repeat([]float64{0.01}, 30)
	month[29] = 0.04
	model := volatility.HAR{Day: 0.5, Week: 0.3, Month: 0.2, Horizon: 1}
	variance, ok := model.Forecast(month)
	fmt.Printf("%.5f %.5f %t\n", variance, 0.5*0.04+0.3*(0.06+0.04)/7+0.2*(0.29+0.04)/30, ok)
	// Output: 0.02649 0.02649 true
}

// A move of ten per cent where four were expected, and then nothing.
func ExampleGARCH_Filter() {
	g := volatility.GARCH{Omega: 0.0001, Alpha: 0.1, Beta: 0.8}
	fmt.Printf("%.5f\n", g.Filter([]float64{0.10, 0, 0}, 0.0016))
	// Output: [0.00160 0.00238 0.00200 0.00170]
}

// Two standard deviations once: -½(ln 2π + 4).
func ExampleGARCH_LogLikelihood() {
	likelihood, ok := volatility.GARCH{}.LogLikelihood([]float64{2}, 1)
	fmt.Printf("%.6f %.6f %t\n", likelihood, -(math.Log(2*math.Pi)+4)/2, ok)
	// Output: -2.918939 -2.918939 true
}

// 0.0001/(1-0.9), which is 60 % a year.
func ExampleGARCH_Unconditional() {
	variance, ok := volatility.GARCH{Omega: 0.0001, Alpha: 0.1, Beta: 0.8}.Unconditional()
	fmt.Printf("%.4f %.2f %t\n", variance, volatility.PerYear(variance, 24*time.Hour), ok)
	// Output: 0.0010 0.60 true
}

// From twice the variance of a common day back towards it.
func ExampleGARCH_Forecast() {
	g := volatility.GARCH{Omega: 0.0001, Alpha: 0.1, Beta: 0.8}
	fmt.Printf("%.5f %.5f %.5f\n", g.Forecast(0.002, 1), g.Forecast(0.002, 2), g.Forecast(0.002, 30))
	// Output: 0.00200 0.00190 0.00105
}

func ExampleGARCH_HalfLife() {
	steps, ok := volatility.GARCH{Omega: 0.0001, Alpha: 0.1, Beta: 0.8}.HalfLife()
	fmt.Printf("%.2f %.2f %t\n", steps, math.Log(0.5)/math.Log(0.9), ok)
	// Output: 6.58 6.58 true
}

// Moves of three per cent in clusters: shocks last.
func ExampleFitGARCH() {
	calm, wild := []float64{0.01, -0.012, 0.008, -0.01}, []float64{0.03, -0.04, 0.035, -0.025}
	var returns []float64
	for range 10 {
		returns = append(append(returns, slices.Repeat(calm, 8)...), slices.Repeat(wild, 4)...)
	}
	g, ok := volatility.FitGARCH(returns)
	fmt.Println(ok, g.Alpha+g.Beta > 0.7)
	// Output: true true
}

// Three hours in a day at two per cent and the rest at one: the median window of six
// hours has none of them.
func ExampleCone() {
	returns := slices.Repeat([]float64{0.01}, 24)
	returns[10], returns[11], returns[12] = 0.02, 0.02, 0.02
	slice, ok := volatility.Cone(returns, 6, []float64{0, 0.5, 1}, time.Hour)
	fmt.Printf("%.3f %d %.3f %t\n", slice.Quantiles, slice.Windows, slice.VarianceFactor, ok)
	// Output: [0.936 0.936 1.480] 19 1.396 true
}

// 30-day windows of a year: a variance across them needs a tenth more.
func ExampleHodgesTompkins() {
	factor, ok := volatility.HodgesTompkins(30, 365)
	fmt.Printf("%.4f %t\n", factor, ok)
	// Output: 1.0948 true
}
