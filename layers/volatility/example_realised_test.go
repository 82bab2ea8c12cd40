package volatility_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"strata/layers/volatility"
)

// A day in six returns, one of them a jump.
func jumpy() []float64 { return []float64{0.01, -0.01, 0.01, 0.10, -0.01, 0.01} }

func ExampleRealisedVariance() {
	rv := volatility.RealisedVariance(jumpy())
	fmt.Printf("%.4f a day, %.2f a year\n", rv, volatility.PerYear(rv, 24*time.Hour))
	// Output: 0.0105 a day, 1.96 a year
}

// What fell and what rose make the whole.
func ExampleSemivariances() {
	down, up := volatility.Semivariances(jumpy())
	fmt.Printf("%.4f + %.4f\n", down, up)
	// Output: 0.0002 + 0.0103
}

// The jump counts once by each neighbour, not by itself.
func ExampleBipowerVariation() {
	variance, ok := volatility.BipowerVariation(jumpy())
	fmt.Printf("%.6f %.6f %t\n", variance, math.Pi/2*6/5*(3*1e-4+2*1e-3), ok)
	// Output: 0.004335 0.004335 true
}

// Each of the five pairs has a return of one per cent.
func ExampleMinRV() {
	variance, ok := volatility.MinRV(jumpy())
	fmt.Printf("%.6f %.6f %t\n", variance, math.Pi/(math.Pi-2)*6*1e-4, ok)
	// Output: 0.001651 0.001651 true
}

// In each of the four triples the middle one is one per cent.
func ExampleMedRV() {
	variance, ok := volatility.MedRV(jumpy())
	fmt.Printf("%.6f %.6f %t\n", variance, math.Pi/(6-4*math.Sqrt(3)+math.Pi)*6*1e-4, ok)
	// Output: 0.000852 0.000852 true
}

// Of equal returns: n(n-2) r⁴/μ³, with μ = 0.8309.
func ExampleTripowerQuarticity() {
	quarticity, ok := volatility.TripowerQuarticity([]float64{0.1, -0.1, 0.1, 0.1})
	fmt.Printf("%.5f %.5f %t\n", quarticity, 4*2*1e-4/(0.8309*0.8309*0.8309), ok)
	// Output: 0.00139 0.00139 true
}

// 288 five-minute returns of one size are calm; one of them twenty times as large is
// a jump, far beyond 3.09.
func ExampleJumpTest() {
	returns := slices.Repeat([]float64{0.001, -0.001}, 144)
	calm, _ := volatility.JumpTest(returns)
	returns[100] = 0.02
	jump, _ := volatility.JumpTest(returns)
	fmt.Println(calm > 3.09, jump > 3.09)
	// Output: false true
}

// Five returns of one per cent before it: σ̂ is one per cent, and the fall is ten of
// them.
func ExampleLeeMykland() {
	statistics, ok := volatility.LeeMykland([]float64{0.01, -0.01, 0.01, 0.01, -0.01, -0.10}, 6)
	fmt.Printf("%.2f %t\n", statistics, ok)
	// Output: [-10.00] true
}

func ExampleLeeMyklandWindow() {
	fmt.Println(volatility.LeeMyklandWindow(5*time.Minute), volatility.LeeMyklandWindow(time.Hour))
	// Output: 325 94
}

// Three days of five minutes.
func ExampleGumbelThreshold() {
	threshold, ok := volatility.GumbelThreshold(864, 0.01)
	fmt.Printf("%.2f %t\n", threshold, ok)
	// Output: 5.66 true
}

func ExampleJumps() {
	returns := slices.Repeat([]float64{0.001, -0.001}, 144)
	returns[200], returns[250] = -0.02, 0.03
	fmt.Println(volatility.Jumps(returns, 100, 0.01))
	// Output: 1 1 true
}

// A price that bounces between two quotes one per cent apart: each is half a per
// cent off.
func ExampleNoiseVariance() {
	variance, ok := volatility.NoiseVariance(slices.Repeat([]float64{0.01, -0.01}, 50))
	fmt.Printf("%.6f %t\n", variance, ok)
	// Output: 0.000050 true
}

// bounced is twenty thousand returns of one per cent, up or down, of a price that is seen
// one per cent too high or too low: a variance of 2, and noise.
func bounced() []float64 {
	random := rand.New(rand.NewPCG(1, 2))
	step := func() float64 { return 0.01 * float64(2*random.IntN(2)-1) }
	returns, before := make([]float64, 20_000), step()
	for i := range returns {
		now := step()
		returns[i] = step() + now - before
		before = now
	}
	return returns
}

// On ten grids, each of every tenth price, noise is a tenth.
func ExampleTSRV() {
	variance, ok := volatility.TSRV(bounced(), 10)
	fmt.Printf("%.1f instead of %.1f %t\n", variance, volatility.RealisedVariance(bounced()), ok)
	// Output: 2.1 instead of 6.0 true
}

// A bounce is followed by its opposite: the autocovariances take it out.
func ExampleRealisedKernel() {
	variance, ok := volatility.RealisedKernel(bounced(), 20)
	fmt.Printf("%.1f instead of %.1f %t\n", variance, volatility.RealisedVariance(bounced()), ok)
	// Output: 2.1 instead of 6.0 true
}

// A day of minutes whose noise is a thousandth of its variance.
func ExampleKernelBandwidth() {
	fmt.Println(volatility.KernelBandwidth(1440, 1e-6, 1e-3))
	// Output: 18 true
}
