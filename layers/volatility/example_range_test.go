package volatility_test

import (
	"fmt"
	"math"
	"time"

	"strata/layers/volatility"
)

const aDay = 24 * time.Hour

// A bar whose high is e^0.02 times its low, and that ends where it began.
func bar() volatility.Bar {
	return volatility.Bar{Open: 100, High: 100 * math.Exp(0.01), Low: 100 * math.Exp(-0.01), Close: 100}
}

// A low above the close cannot have happened.
func ExampleBar_Valid() {
	fmt.Println(bar().Valid(), volatility.Bar{Open: 10, High: 12, Low: 9, Close: 8}.Valid())
	// Output: true false
}

func ExampleParkinson() {
	sigma, ok := volatility.Parkinson([]volatility.Bar{bar()}, aDay)
	fmt.Printf("%.6f %.6f %t\n", sigma, 0.02*math.Sqrt(365/(4*math.Ln2)), ok)
	// Output: 0.229474 0.229474 true
}

// Without a move from open to close half of the squared range is left.
func ExampleGarmanKlass() {
	sigma, ok := volatility.GarmanKlass([]volatility.Bar{bar()}, aDay)
	fmt.Printf("%.6f %.6f %t\n", sigma, 0.02*math.Sqrt(365/2.0), ok)
	// Output: 0.270185 0.270185 true
}

// u = 0.01 and d = -0.01: 0.511·0.02² - 0.019·2·0.01².
func ExampleGarmanKlassFull() {
	sigma, ok := volatility.GarmanKlassFull([]volatility.Bar{bar()}, aDay)
	fmt.Printf("%.6f %.6f %t\n", sigma, math.Sqrt(365*(0.511*4e-4-0.038*1e-4)), ok)
	// Output: 0.270590 0.270590 true
}

// A bar that only rises is all drift.
func ExampleRogersSatchell() {
	sigma, _ := volatility.RogersSatchell([]volatility.Bar{bar()}, aDay)
	fmt.Printf("%.6f %.6f\n", sigma, math.Sqrt(365*2e-4))
	fmt.Println(volatility.RogersSatchell([]volatility.Bar{{Open: 100, High: 110, Low: 100, Close: 110}}, aDay))
	// Output:
	// 0.270185 0.270185
	// 0 true
}

// The bar opens one per cent above the close before it.
func ExampleGarmanKlassYangZhang() {
	sigma, ok := volatility.GarmanKlassYangZhang(100*math.Exp(-0.01), []volatility.Bar{bar()}, aDay)
	fmt.Printf("%.6f %.6f %t\n", sigma, math.Sqrt(365*(1e-4+2e-4)), ok)
	// Output: 0.330908 0.330908 true
}

// Neither gaps nor moves vary here: what is left is (1-k) times Rogers-Satchell,
// with k = 0.34/(1.34+3).
func ExampleYangZhang() {
	sigma, ok := volatility.YangZhang(100, []volatility.Bar{bar(), bar()}, aDay)
	fmt.Printf("%.6f %.6f %t\n", sigma, math.Sqrt(365*2e-4*(1-0.34/4.34)), ok)
	// Output: 0.259386 0.259386 true
}
