package volatility_test

import (
	"fmt"
	"math"
	"time"

	"strata/layers/volatility"
)

// A price that doubles has returned ln 2, whatever it costs.
func ExampleReturn() {
	fmt.Printf("%.6f %.6f\n", volatility.Return(1, 2), math.Ln2)
	fmt.Printf("%.6f\n", volatility.Return(70_000, 35_000))
	// Output:
	// 0.693147 0.693147
	// -0.693147
}

// One member doubles and one stands: the money has grown by half.
func ExampleIndexReturn() {
	fmt.Printf("%.6f %.6f\n", volatility.IndexReturn([]float64{math.Ln2, 0}), math.Log(1.5))
	// Output: 0.405465 0.405465
}

// Returns of one per cent, up or down, every hour: 8,760 hours a year, so the
// volatility is 0.01·sqrt(8760).
func ExampleCloseZero() {
	fmt.Printf("%.6f %.6f\n", volatility.CloseZero([]float64{0.01, -0.01, -0.01}, time.Hour), 0.01*math.Sqrt(8760))
	// Output: 0.935949 0.935949
}

// Half of the steps fall: the downside is 1/√2 of the volatility.
func ExampleDownside() {
	fmt.Printf("%.6f %.6f\n", volatility.Downside([]float64{0.01, -0.01}, time.Hour), 0.01*math.Sqrt(8760/2))
	// Output: 0.661816 0.661816
}

func ExampleMedian() {
	fmt.Println(volatility.Median([]float64{3, 1, 2}), volatility.Median([]float64{4, 1, 2, 100}))
	// Output: 2 3
}

// Two members that move independently: no covariance, variances 1 and 4.
func ExampleCovariance() {
	fmt.Println(volatility.Covariance([][]float64{
		{1, -1, 1, -1},
		{2, 2, -2, -2},
	}))
	// Output: [[1 0] [0 4]]
}

// b is a, twice as loud; c mirrors a: correlations 1, -1 and -1.
func ExampleMeanCorrelation() {
	s := volatility.Covariance([][]float64{{1, -1, 1}, {2, -2, 2}, {-1, 1, -1}})
	mean, ok := volatility.MeanCorrelation(s)
	fmt.Printf("%.6f %t\n", mean, ok)
	// Output: -0.333333 true
}

// Four independent members of one volatility, equally weighted: the portfolio has
// half of it.
func ExampleDiversificationRatio() {
	s := [][]float64{{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}
	fmt.Println(volatility.DiversificationRatio(s, []float64{0.25, 0.25, 0.25, 0.25}))
	// Output: 2 true
}

// Independent members of variances 1 and 4 in equal weights bear 1/5 and 4/5.
func ExampleRiskShares() {
	fmt.Println(volatility.RiskShares([][]float64{{1, 0}, {0, 4}}, []float64{0.5, 0.5}))
	// Output: [0.2 0.8] true
}

// Two members that move against each other by one per cent an hour: the portfolio
// stands, and each strays by one per cent.
func ExampleDispersion() {
	returns := [][]float64{{0.01, -0.01}, {-0.01, 0.01}}
	fmt.Printf("%.6f %.6f\n", volatility.Dispersion(returns, []float64{0.5, 0.5}, time.Hour), 0.01*math.Sqrt(8760))
	// Output: 0.935949 0.935949
}
