package volatility_test

import (
	"fmt"
	"math"
	"time"

	"strata/layers/volatility"
)

// A price that rises by one per cent every hour has a trend and no volatility around
// it; with zero mean the trend counts.
func ExampleCloseDemeaned() {
	returns := []float64{0.01, 0.01, 0.01}
	fmt.Println(volatility.CloseDemeaned(returns, time.Hour))
	fmt.Printf("%.6f\n", volatility.CloseZero(returns, time.Hour))
	// Output:
	// 0 true
	// 0.935949
}

// A variance of 0.0004 a day, two per cent squared, makes 0.02·sqrt(365) a year.
func ExamplePerYear() {
	fmt.Printf("%.6f %.6f\n", volatility.PerYear(0.0004, 24*time.Hour), 0.02*math.Sqrt(365))
	// Output: 0.382099 0.382099
}

// The half-life is a day and the returns are of a day each: the older of the two
// weighs half as much as the newer.
func ExampleEWMA() {
	day := 24 * time.Hour
	sigma, ok := volatility.EWMA([]float64{0.03, 0.01}, volatility.Lambda(day, day), day)
	fmt.Printf("%.6f %.6f %t\n", sigma, math.Sqrt(365*(0.03*0.03/2+0.01*0.01)/1.5), ok)
	// Output: 0.365832 0.365832 true
}

// RiskMetrics' 0.94 a day, and what it has to be for five minutes.
func ExampleLambda() {
	halfLife := 11*24*time.Hour + 4*time.Hour + 51*time.Minute
	fmt.Printf("%.4f %.6f\n", volatility.Lambda(24*time.Hour, halfLife), volatility.Lambda(5*time.Minute, halfLife))
	// Output: 0.9400 0.999785
}

// Prices come when they come. One per cent in a minute and none in the next four,
// with next to no forgetting: 0.01·sqrt(minutes of a year / 5).
func ExampleIrregularEWMA() {
	e := volatility.IrregularEWMA{HalfLife: 30 * 24 * time.Hour, MaxGap: 10 * time.Minute}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	e.Add(at, 100)
	e.Add(at.Add(time.Minute), 100*math.Exp(0.01))
	e.Add(at.Add(5*time.Minute), 100*math.Exp(0.01))
	sigma, ok := e.Volatility()
	fmt.Printf("%.2f %.2f %t\n", sigma, 0.01*math.Sqrt(525_600.0/5), ok)
	// Output: 3.24 3.24 true
}

// Volatility of 50 % and 60 % in turn: the logarithm changes by ln 1.2 a day, up and
// down.
func ExampleVolOfVol() {
	sigma, ok := volatility.VolOfVol([]float64{0.5, 0.6, 0.5, 0.6, 0.5}, 24*time.Hour)
	fmt.Printf("%.6f %.6f %t\n", sigma, math.Log(1.2)*math.Sqrt(365*4/3.0), ok)
	// Output: 4.022109 4.022109 true
}
