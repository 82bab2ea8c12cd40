package volatility

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestHARFindsTheRecursionThatMadeTheDays: 6,000 of them, with errors of its own.
func TestHARFindsTheRecursionThatMadeTheDays(t *testing.T) {
	want := HAR{Constant: -1, Day: 0.35, Week: 0.3, Month: 0.2, Residual: 0.25, Horizon: 1, Log: true}
	random := rand.New(rand.NewPCG(5, 6))
	variances := slices.Repeat([]float64{math.Exp(-1 / 0.15)}, harMonth)
	for range 6000 {
		x := want.regressors(variances)
		f := want.Constant + want.Day*x[1] + want.Week*x[2] + want.Month*x[3]
		variances = append(variances, math.Exp(f+math.Sqrt(want.Residual)*random.NormFloat64()))
	}
	got, ok := FitLogHAR(variances, 1)
	if !ok || math.Abs(got.Day-0.35) > 0.05 || math.Abs(got.Week-0.3) > 0.08 || math.Abs(got.Month-0.2) > 0.08 || math.Abs(got.Residual-0.25) > 0.02 {
		t.Errorf("%+v", got)
	}
	// Turned back, forecasts of the level are right on average.
	var missed spread
	for i := harMonth; i < len(variances); i++ {
		forecast, _ := got.Forecast(variances[:i])
		missed.add(variances[i] / forecast)
	}
	if math.Abs(missed.mean-1) > 0.03 {
		t.Errorf("days are %.3f of what was forecast", missed.mean)
	}
}

// TestHARKnowsNoUnit: in per cent squared the constant grows and the rest stays.
func TestHARKnowsNoUnit(t *testing.T) {
	variances := dailyVariances(recorded(t, "hours_TAO")["price"])
	for _, fit := range []func([]float64, int) (HAR, bool){FitHAR, FitLogHAR} {
		one, _ := fit(variances, 1)
		forecast, _ := one.Forecast(variances)
		for _, c := range []float64{1e-8, 1e4} {
			other, ok := fit(times(variances, c), 1)
			if !ok || !near(other.Day, one.Day, 1e-9) || !near(other.Week, one.Week, 1e-9) || !near(other.Month, one.Month, 1e-9) {
				t.Errorf("times %v: %+v, not %+v", c, other, one)
			}
			if got, _ := other.Forecast(times(variances, c)); !near(got, c*forecast, 1e-9) {
				t.Errorf("times %v: %v, not %v", c, got, c*forecast)
			}
		}
	}
}

// TestAForecastLooksAsFarAheadAsItsHorizon: of days that alternate, the day after the
// next is like today.
func TestAForecastLooksAsFarAheadAsItsHorizon(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	variances := make([]float64, 400)
	for i := range variances {
		variances[i] = 1 + float64(i%2) + 0.01*random.Float64()
	}
	for horizon, want := range map[int]float64{1: 1, 2: 2, 7: 1} {
		model, ok := FitHAR(variances, horizon)
		forecast, _ := model.Forecast(variances)
		if !ok || math.Abs(forecast-want) > 0.02 {
			t.Errorf("%d days ahead: %v, want %v", horizon, forecast, want)
		}
	}
}

func TestWhatCannotBeToldApartHasNoHAR(t *testing.T) {
	flat := slices.Repeat([]float64{0.1}, 100)
	short := dailyVariances(recorded(t, "hours_ETH")["price"])[:34]
	holed := slices.Clone(flat)
	holed[50] = 0
	for name, c := range map[string]struct {
		variances []float64
		horizon   int
	}{"flat": {flat, 1}, "nothing": {make([]float64, 100), 1}, "none": {nil, 1}, "short": {short, 1}, "no horizon": {slices.Repeat(short, 3), 0}} {
		if got, ok := FitHAR(c.variances, c.horizon); ok || got != (HAR{}) {
			t.Errorf("%s: %+v", name, got)
		}
		if got, ok := FitLogHAR(c.variances, c.horizon); ok || got != (HAR{}) {
			t.Errorf("%s in logarithms: %+v", name, got)
		}
	}
	if _, ok := FitLogHAR(holed, 1); ok {
		t.Error("a day without variance has a logarithm")
	}
}

func TestForecastsThatCannotBeAreWithheld(t *testing.T) {
	month := slices.Repeat([]float64{0.1}, harMonth)
	if got, ok := (HAR{Constant: 1}).Forecast(month[1:]); ok || got != 0 {
		t.Errorf("of 29 days: %v", got)
	}
	if got, ok := (HAR{Constant: -1}).Forecast(month); ok || got != 0 {
		t.Errorf("a negative variance: %v", got)
	}
	if got, ok := (HAR{Constant: 1, Log: true}).Forecast(append(month, 0)); ok || got != 0 {
		t.Errorf("the logarithm of a day without variance: %v", got)
	}
	if got, ok := (HAR{Constant: 1000, Log: true}).Forecast(month); ok || got != 0 {
		t.Errorf("beyond all numbers: %v", got)
	}
	if got, ok := (HAR{Constant: 0.02, Day: 0.5, Week: 0.2, Month: 0.1}).Forecast(month); !ok || !near(got, 0.1, exact) {
		t.Errorf("a steady month: %v", got)
	}
}

// TestWhatLeastSquaresLeaveIsAtRightAnglesToEveryColumn, which is what makes them least.
func TestWhatLeastSquaresLeaveIsAtRightAnglesToEveryColumn(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))
		n := rapid.IntRange(4, 60).Draw(r, "n")
		columns, y := make([][]float64, 3), make([]float64, n)
		for i := range n {
			for k, size := range []float64{1, 1e-6, 1e6} {
				columns[k] = append(columns[k], size*random.NormFloat64())
			}
			y[i] = random.NormFloat64()
		}
		kept, left := [][]float64{slices.Clone(columns[0]), slices.Clone(columns[1]), slices.Clone(columns[2])}, slices.Clone(y)
		b, rest, ok := leastSquares(columns, y)
		if !ok {
			r.Fatal("independent columns are said to depend on each other")
		}
		for i := range left {
			left[i] -= b[0]*kept[0][i] + b[1]*kept[1][i] + b[2]*kept[2][i]
		}
		for k, column := range kept {
			if along := dot(column, left) / length(column); math.Abs(along) > 1e-11*(1+math.Abs(b[k])*length(column)) {
				r.Errorf("%v left along column %d", along, k)
			}
		}
		if !near(rest, dot(left, left), 1e-9) {
			r.Errorf("left %v, not %v", dot(left, left), rest)
		}
	})
}
