package volatility

import (
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"
)

// exact is the relative tolerance to which two computations of an estimator agree.
const exact = 1e-12

// numpy is what testdata/oracle.py makes of the prices beside it.
type numpy struct {
	Days    map[string]numpyDays
	Minutes map[string]numpyMinutes
	Hours   map[string]numpyHours
}

type numpyDays struct {
	Ranges        map[int]map[string]float64
	CloseDemeaned map[int]float64 `json:"close_demeaned"`
	EWMA          map[string]float64
	GARCH         []numpyGARCH
}

type numpyGARCH struct {
	Omega, Alpha, Beta              float64
	Variances                       []float64
	Next, Likelihood, Unconditional float64
	HalfLife                        float64 `json:"half_life"`
	Forecasts                       map[int]float64
}

type numpyMinutes struct {
	Realised        map[int]numpyRealised
	Noisy           numpyNoisy
	Irregular, EWMA float64
}

type numpyRealised struct {
	Variance, Down, Up, Bipower, Min, Med, Quarticity, Threshold float64

	JumpZ      float64 `json:"jump_z"`
	Window     int
	Statistics []float64
	JumpsDown  int `json:"jumps_down"`
	JumpsUp    int `json:"jumps_up"`
}

type numpyNoisy struct {
	Noise        float64
	Bandwidth    int
	TSRV, Kernel map[int]float64
}

type numpyHours struct {
	HAR []struct {
		Horizon, Observations int
		Log                   bool
		Coefficients          [4]float64
		Residual              float64
		Forecast              *float64
	}
	VolOfVol float64 `json:"vol_of_vol"`
	Cone     map[int]struct {
		Windows   int
		Factor    float64
		Quantiles []float64
	}
}

// everyToken runs a test for the tokens of one set of prices.
func everyToken[T any](t *testing.T, set func(numpy) map[string]T, test func(t *testing.T, token string, want T)) {
	var answers numpy
	readJSON(t, "oracle.json", &answers)
	if len(set(answers)) < 2 {
		t.Fatal("the oracle has fewer than two tokens")
	}
	for token, want := range set(answers) {
		t.Run(token, func(t *testing.T) { test(t, token, want) })
	}
}

func days(n numpy) map[string]numpyDays       { return n.Days }
func minutes(n numpy) map[string]numpyMinutes { return n.Minutes }
func hours(n numpy) map[string]numpyHours     { return n.Hours }

func TestRangeEstimatorsAgreeWithNumPyOnRecordedBars(t *testing.T) {
	everyToken(t, days, func(t *testing.T, token string, want numpyDays) {
		bars := recordedBars(t, token)
		for n, of := range want.Ranges {
			for name, got := range rangesOf(bars, n) {
				compare(t, fmt.Sprint(name, n), got.sigma, got.ok, of[name], exact)
			}
		}
	})
}

type result struct {
	sigma float64
	ok    bool
}

// rangesOf are all estimates of the last n bars, by the name the oracle gives them.
func rangesOf(bars []Bar, n int) map[string]result {
	last, previous := bars[len(bars)-n:], bars[len(bars)-n-1].Close
	all := map[string]result{}
	keep := func(name string) func(float64, bool) {
		return func(sigma float64, ok bool) { all[name] = result{sigma, ok} }
	}
	keep("parkinson")(Parkinson(last, day))
	keep("garman_klass")(GarmanKlass(last, day))
	keep("garman_klass_full")(GarmanKlassFull(last, day))
	keep("rogers_satchell")(RogersSatchell(last, day))
	keep("gk_yz")(GarmanKlassYangZhang(previous, last, day))
	keep("yang_zhang")(YangZhang(previous, last, day))
	return all
}

func TestCloseToCloseAgreesWithNumPy(t *testing.T) {
	everyToken(t, days, func(t *testing.T, token string, want numpyDays) {
		returns := returnsOf(closes(recordedBars(t, token)), 1)
		for n, sigma := range want.CloseDemeaned {
			got, ok := CloseDemeaned(returns[len(returns)-n:], day)
			compare(t, fmt.Sprint("demeaned of ", n), got, ok, sigma, exact)
		}
		for decay, sigma := range want.EWMA {
			lambda, err := strconv.ParseFloat(decay, 64)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := EWMA(returns, lambda, day)
			compare(t, "ewma "+decay, got, ok, sigma, exact)
		}
	})
}

func TestGARCHAgreesWithNumPysSumOverThePast(t *testing.T) {
	everyToken(t, days, func(t *testing.T, token string, want numpyDays) {
		returns := returnsOf(closes(recordedBars(t, token)), 1)
		first := RealisedVariance(returns) / float64(len(returns))
		for _, of := range want.GARCH {
			model := GARCH{of.Omega, of.Alpha, of.Beta}
			variances := model.Filter(returns, first)
			for i, h := range of.Variances {
				compare(t, fmt.Sprint("h ", 50*i), variances[50*i], true, h, exact)
			}
			next := variances[len(returns)]
			compare(t, "next", next, true, of.Next, exact)
			for k, h := range of.Forecasts {
				compare(t, fmt.Sprint("forecast ", k), model.Forecast(next, k), true, h, exact)
			}
			likelihood, ok := model.LogLikelihood(returns, first)
			compare(t, "likelihood", likelihood, ok, of.Likelihood, exact)
			unconditional, ok := model.Unconditional()
			compare(t, "unconditional", unconditional, ok, of.Unconditional, exact)
			half, ok := model.HalfLife()
			compare(t, "half-life", half, ok, of.HalfLife, exact)
		}
	})
}

func TestRealisedMeasuresAgreeWithNumPyOnRecordedMinutes(t *testing.T) {
	everyToken(t, minutes, func(t *testing.T, token string, want numpyMinutes) {
		prices := recorded(t, "minutes_"+token)["price"]
		for every, of := range want.Realised {
			returns := returnsOf(prices, every)
			down, up := Semivariances(returns)
			compare(t, "variance", RealisedVariance(returns), true, of.Variance, exact)
			compare(t, "down", down, true, of.Down, exact)
			compare(t, "up", up, true, of.Up, exact)
			for name, c := range map[string]struct {
				estimate func([]float64) (float64, bool)
				want     float64
			}{
				"bipower": {BipowerVariation, of.Bipower}, "min": {MinRV, of.Min}, "med": {MedRV, of.Med},
				"quarticity": {TripowerQuarticity, of.Quarticity}, "jump test": {JumpTest, of.JumpZ},
			} {
				got, ok := c.estimate(returns)
				compare(t, name, got, ok, c.want, exact)
			}
			compareJumps(t, returns, time.Duration(every)*time.Minute, of)
		}
	})
}

func compareJumps(t *testing.T, returns []float64, step time.Duration, want numpyRealised) {
	t.Helper()
	window := LeeMyklandWindow(step)
	statistics, ok := LeeMykland(returns, window)
	if window != want.Window || !ok || len(statistics) != len(returns)-window+1 {
		t.Fatalf("window %d, %d statistics", window, len(statistics))
	}
	for i, l := range want.Statistics {
		compare(t, fmt.Sprint("statistic ", 7*i), statistics[7*i], true, l, exact)
	}
	threshold, ok := GumbelThreshold(len(statistics), 0.01)
	compare(t, "threshold", threshold, ok, want.Threshold, exact)
	down, up, ok := Jumps(returns, window, 0.01)
	if !ok || down != want.JumpsDown || up != want.JumpsUp {
		t.Errorf("%d down, %d up, want %d and %d", down, up, want.JumpsDown, want.JumpsUp)
	}
}

func TestNoiseRobustMeasuresAgreeWithNumPyOnRecordedMinutes(t *testing.T) {
	everyToken(t, minutes, func(t *testing.T, token string, want numpyMinutes) {
		prices := recorded(t, "minutes_"+token)["price"]
		returns := returnsOf(prices, 1)
		noise, ok := NoiseVariance(returns)
		compare(t, "noise", noise, ok, want.Noisy.Noise, exact)
		bandwidth, ok := KernelBandwidth(len(returns), noise, RealisedVariance(returnsOf(prices, 20)))
		if !ok || bandwidth != want.Noisy.Bandwidth {
			t.Errorf("bandwidth %d, want %d", bandwidth, want.Noisy.Bandwidth)
		}
		for k, variance := range want.Noisy.TSRV {
			got, ok := TSRV(returns, k)
			compare(t, fmt.Sprint("two scales ", k), got, ok, variance, exact)
		}
		for h, variance := range want.Noisy.Kernel {
			got, ok := RealisedKernel(returns, h)
			compare(t, fmt.Sprint("kernel ", h), got, ok, variance, exact)
		}
	})
}

// TestForgettingAgreesWithNumPysWeights: about three of seven minutes are seen, and
// for three hours none.
func TestForgettingAgreesWithNumPysWeights(t *testing.T) {
	everyToken(t, minutes, func(t *testing.T, token string, want numpyMinutes) {
		data := recorded(t, "minutes_"+token)
		irregular := IrregularEWMA{HalfLife: 4 * time.Hour, MaxGap: 10 * time.Minute}
		for i, stamp := range data["timestamp"] {
			if (i*i+i)%7 < 3 && (i < 1500 || i >= 1680) && !irregular.Add(time.Unix(int64(stamp), 0), data["price"][i]) {
				t.Fatalf("price %d was not taken", i)
			}
		}
		got, ok := irregular.Volatility()
		compare(t, "irregular", got, ok, want.Irregular, exact)
		got, ok = EWMA(returnsOf(data["price"], 1), Lambda(time.Minute, 6*time.Hour), time.Minute)
		compare(t, "on the grid", got, ok, want.EWMA, exact)
	})
}

func TestHARAgreesWithNumPysSingularValues(t *testing.T) {
	const tolerance = 1e-9
	everyToken(t, hours, func(t *testing.T, token string, want numpyHours) {
		variances := dailyVariances(recorded(t, "hours_"+token)["price"])
		for _, of := range want.HAR {
			fit := FitHAR
			if of.Log {
				fit = FitLogHAR
			}
			model, ok := fit(variances, of.Horizon)
			if !ok || model.Observations != of.Observations || model.Horizon != of.Horizon || model.Log != of.Log {
				t.Fatalf("%+v, %t", model, ok)
			}
			for k, b := range []float64{model.Constant, model.Day, model.Week, model.Month} {
				compare(t, fmt.Sprint("coefficient ", k), b, true, of.Coefficients[k], tolerance)
			}
			compare(t, "residual", model.Residual, true, of.Residual, tolerance)
			forecast, ok := model.Forecast(variances)
			if of.Forecast == nil {
				t.Fatal("the oracle withholds a forecast of these prices")
			}
			compare(t, "forecast", forecast, ok, *of.Forecast, tolerance)
		}
	})
}

func TestConeAndVolOfVolAgreeWithNumPyOnAYearOfHours(t *testing.T) {
	everyToken(t, hours, func(t *testing.T, token string, want numpyHours) {
		prices := recorded(t, "hours_"+token)["price"]
		variances := dailyVariances(prices)
		var sigmas []float64
		for _, v := range variances[len(variances)-31:] {
			sigmas = append(sigmas, math.Sqrt(v))
		}
		got, ok := VolOfVol(sigmas, day)
		compare(t, "vol of vol", got, ok, want.VolOfVol, exact)
		for window, of := range want.Cone {
			slice, ok := Cone(returnsOf(prices, 1), window, []float64{0, 0.05, 0.25, 0.5, 0.75, 0.95, 1}, time.Hour)
			if !ok || slice.Windows != of.Windows {
				t.Fatalf("%d windows, %t", slice.Windows, ok)
			}
			compare(t, "factor", slice.VarianceFactor, true, of.Factor, exact)
			for i, q := range of.Quantiles {
				compare(t, fmt.Sprint("quantile ", i), slice.Quantiles[i], true, q, exact)
			}
		}
	})
}
