package volatility

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// drawBars draws bars one after the other, with gaps, and the close before them.
func drawBars(r *rapid.T, fewest int) (previous float64, bars []Bar) {
	move := rapid.Float64Range(-0.2, 0.2)
	previous = rapid.Float64Range(0.5, 2).Draw(r, "previous")
	bars = make([]Bar, rapid.IntRange(fewest, 40).Draw(r, "bars"))
	before := previous
	for i := range bars {
		o := before * math.Exp(move.Draw(r, "gap"))
		c := o * math.Exp(move.Draw(r, "move"))
		bars[i] = Bar{Open: o, High: max(o, c) * math.Exp(math.Abs(move.Draw(r, "up"))), Low: min(o, c) * math.Exp(-math.Abs(move.Draw(r, "down"))), Close: c}
		before = c
	}
	return previous, bars
}

// estimates are all that there are of the bars.
func estimates(previous float64, bars []Bar) map[string]result {
	return rangesOf(append([]Bar{{previous, previous, previous, previous}}, bars...), len(bars))
}

// rescaled bars are in another currency, so many times as dear.
func rescaled(bars []Bar, times float64) []Bar {
	all := make([]Bar, len(bars))
	for i, b := range bars {
		all[i] = Bar{b.Open * times, b.High * times, b.Low * times, b.Close * times}
	}
	return all
}

func TestACurrencyDoesNotChangeTheRange(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		previous, bars := drawBars(r, 2)
		times := rapid.SampledFrom([]float64{1e-12, 1e-6, 3, 1e9}).Draw(r, "times")
		other := estimates(previous*times, rescaled(bars, times))
		for name, want := range estimates(previous, bars) {
			if got := other[name]; !got.ok || !sameVariance(got.sigma, want.sigma) {
				r.Errorf("%s: %v times as dear: %v, not %v", name, times, got, want)
			}
		}
	})
}

// sameVariance compares where rounding is: of next to no variance the root shows it.
func sameVariance(a, b float64) bool { return math.Abs(a*a-b*b) <= 1e-11*(1+b*b) }

func TestABarThatOnlyRisesOrFallsHasNoRogersSatchell(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		low, high := rapid.Float64Range(0.1, 1).Draw(r, "low"), rapid.Float64Range(1, 10).Draw(r, "high")
		bars := []Bar{{Open: low, Low: low, High: high, Close: high}, {Open: high, High: high, Low: low, Close: low}}
		if got, ok := RogersSatchell(bars, day); got != 0 || !ok {
			r.Errorf("%v, %t", got, ok)
		}
	})
}

// TestMirroredPricesHaveTheSameRange: seen as what a coin buys of the currency,
// highs are lows and rises are falls.
func TestMirroredPricesHaveTheSameRange(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		previous, bars := drawBars(r, 2)
		mirrored := make([]Bar, len(bars))
		for i, b := range bars {
			mirrored[i] = Bar{Open: 1 / b.Open, High: 1 / b.Low, Low: 1 / b.High, Close: 1 / b.Close}
		}
		want, got := estimates(previous, bars), estimates(1/previous, mirrored)
		for name := range want {
			if !sameVariance(got[name].sigma, want[name].sigma) {
				r.Errorf("%s: %v, not %v", name, got[name], want[name])
			}
		}
	})
}

func TestPricesThatStandHaveARangeOfExactlyZero(t *testing.T) {
	for _, price := range []float64{1e-12, 0.1, 1, 67_000.123, 1e9} {
		flat := Bar{price, price, price, price}
		for name, got := range estimates(price, []Bar{flat, flat, flat}) {
			if got.sigma != 0 || !got.ok {
				t.Errorf("%s at %v: %v", name, price, got)
			}
		}
	}
}

func TestBarsThatCannotBeHaveNoRange(t *testing.T) {
	good := Bar{2, 3, 1, 2}
	for name, bars := range map[string][]Bar{
		"none": nil, "no prices": {good, {}}, "negative": {good, {2, 3, -1, 2}},
		"high below close": {good, {2, 3, 1, 4}}, "low above open": {good, {0.5, 3, 1, 2}},
		"upside down": {{2, 1, 3, 2}, good}, "infinite": {good, {2, math.Inf(1), 1, 2}},
		"not a number": {good, {2, math.NaN(), 1, 2}, good}, "open not a number": {good, {math.NaN(), 3, 1, 2}},
	} {
		for estimator, got := range estimates(1, bars) {
			if got != (result{}) {
				t.Errorf("%s of %s: %v", estimator, name, got)
			}
		}
	}
	for _, previous := range []float64{0, -1, math.Inf(1), math.NaN()} {
		if got, ok := YangZhang(previous, []Bar{good, good}, day); ok || got != 0 {
			t.Errorf("Yang-Zhang after %v: %v", previous, got)
		}
		if got, ok := GarmanKlassYangZhang(previous, []Bar{good, good}, day); ok || got != 0 {
			t.Errorf("GK-Yang-Zhang after %v: %v", previous, got)
		}
	}
	if got, ok := YangZhang(1, []Bar{good}, day); ok || got != 0 {
		t.Errorf("Yang-Zhang of one bar: %v", got)
	}
}

// TestWhatBarsMissIsWhatTheDocsSay walks bars of n small steps whose variance is
// known: the ratios in the doc comments.
func TestWhatBarsMissIsWhatTheDocsSay(t *testing.T) {
	for n, want := range map[int]map[string]float64{
		288: {"parkinson": 0.92, "garman_klass": 0.89, "rogers_satchell": 0.89},
		12:  {"parkinson": 0.69, "garman_klass": 0.57, "rogers_satchell": 0.55},
	} {
		bars := walkedBars(10_000, n, 0.02)
		for name, got := range estimates(bars[0].Open, bars) {
			share, told := want[name]
			if ratio := got.sigma * got.sigma / (365 * 0.02 * 0.02); told && math.Abs(ratio-share) > 0.02 {
				t.Errorf("%s at %d steps a bar: %.3f of the variance, not %.2f", name, n, ratio, share)
			}
		}
	}
}

// walkedBars are days of n steps of a random walk with that volatility a day.
func walkedBars(days, n int, sigma float64) []Bar {
	random := rand.New(rand.NewPCG(7, uint64(n)))
	bars, price := make([]Bar, days), 100.0
	for i := range bars {
		bars[i] = Bar{price, price, price, price}
		for range n {
			price *= math.Exp(sigma / math.Sqrt(float64(n)) * random.NormFloat64())
			bars[i].High, bars[i].Low, bars[i].Close = max(bars[i].High, price), min(bars[i].Low, price), price
		}
	}
	return bars
}
