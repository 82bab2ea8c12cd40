package volatility

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestWithoutForgettingAnEWMAIsCloseToClose(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rapid.SliceOfN(rapid.Float64Range(-1, 1), 1, 100).Draw(r, "returns")
		if got, ok := EWMA(returns, 1, time.Hour); !ok || !near(got, CloseZero(returns, time.Hour), exact) {
			r.Errorf("%v, %t", got, ok)
		}
		last := returns[len(returns)-1:]
		if got, ok := EWMA(returns, 0, time.Hour); !ok || got != CloseZero(last, time.Hour) {
			r.Errorf("with nothing but forgetting: %v, %t", got, ok)
		}
	})
}

// TestAnEWMAOfAnyBeginningEndsAsRiskMetrics: the weights of the first returns are
// gone, and the recursion is the one of 1996.
func TestAnEWMAOfAnyBeginningEndsAsRiskMetrics(t *testing.T) {
	returns := returnsOf(closes(recordedBars(t, "BTC")), 1)
	variance := 1.0
	for _, r := range returns {
		variance = 0.94*variance + 0.06*r*r
	}
	got, ok := EWMA(returns, 0.94, day)
	compare(t, "ewma", got, ok, math.Sqrt(365*variance), exact)
}

func TestRiskMetricsForgetsHalfInElevenDays(t *testing.T) {
	halfLife := time.Duration(-math.Ln2 / math.Log(0.94) * float64(day))
	if got := Lambda(day, halfLife); !near(got, 0.94, exact) || math.Abs(halfLife.Hours()-268.9) > 0.05 {
		t.Errorf("%v after %v", got, halfLife)
	}
	if got := Lambda(5*time.Minute, day); math.Abs(got-0.997596) > 5e-7 {
		t.Errorf("five minutes: %v", got)
	}
}

func TestWhereNothingIsKnownThereIsNoEWMA(t *testing.T) {
	for _, c := range []struct {
		returns []float64
		lambda  float64
	}{{nil, 0.9}, {[]float64{1}, -0.1}, {[]float64{1}, 1.1}} {
		if got, ok := EWMA(c.returns, c.lambda, time.Hour); ok || got != 0 {
			t.Errorf("%v: %v", c, got)
		}
	}
}

// TestOnAGridIrregularIsRegular: same weights, same number.
func TestOnAGridIrregularIsRegular(t *testing.T) {
	prices := closes(recordedBars(t, "TAO"))
	irregular := IrregularEWMA{HalfLife: 10 * day, MaxGap: day}
	for i, p := range prices {
		irregular.Add(time.Unix(0, 0).Add(time.Duration(i)*day), p)
	}
	want, _ := EWMA(returnsOf(prices, 1), Lambda(day, 10*day), day)
	got, ok := irregular.Volatility()
	compare(t, "irregular", got, ok, want, exact)
}

type seen struct {
	at    time.Duration
	price float64
}

func drawSeen(r *rapid.T) []seen {
	prices := make([]seen, rapid.IntRange(2, 50).Draw(r, "prices"))
	var at time.Duration
	for i := range prices {
		at += time.Duration(rapid.IntRange(1, 7200).Draw(r, "seconds")) * time.Second
		prices[i] = seen{at, rapid.Float64Range(0.5, 2).Draw(r, "price")}
	}
	prices[1].at = prices[0].at + time.Second // one return at least
	for i := 2; i < len(prices); i++ {
		prices[i].at += prices[1].at
	}
	return prices
}

// watch is the volatility of prices seen after a start, in another currency.
func watch(prices []seen, start time.Time, times float64) (float64, bool) {
	e := IrregularEWMA{HalfLife: time.Hour, MaxGap: 30 * time.Minute}
	for _, s := range prices {
		e.Add(start.Add(s.at), s.price*times)
	}
	return e.Volatility()
}

func TestNeitherTheCurrencyNorTheCalendarChangesAnIrregularEWMA(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		prices := drawSeen(r)
		start := time.Unix(1_700_000_000, 0)
		want, ok := watch(prices, start, 1)
		later, _ := watch(prices, start.AddDate(30, 0, 0), 1)
		if !ok || later != want {
			r.Errorf("thirty years later %v, not %v", later, want)
		}
		for _, times := range []float64{1e-12, 1e9} {
			if got, _ := watch(prices, start, times); !sameVariance(got, want) {
				r.Errorf("%v times as dear %v, not %v", times, got, want)
			}
		}
	})
}

func TestWhatHappensInAGapIsNotCounted(t *testing.T) {
	e := IrregularEWMA{HalfLife: time.Hour, MaxGap: 10 * time.Minute}
	at := time.Unix(0, 0)
	add := func(after time.Duration, price float64) { at = at.Add(after); e.Add(at, price) }
	add(0, 1)
	add(time.Minute, 1.01)
	want, _ := e.Volatility()
	add(10*time.Minute+time.Nanosecond, 5) // forgets a little of both sums, and so nothing
	if got, ok := e.Volatility(); !ok || !near(got, want, exact) {
		t.Errorf("across a gap %v, not %v", got, want)
	}
	add(10*time.Minute, 5)
	if got, _ := e.Volatility(); !(got < want) {
		t.Errorf("ten calm minutes leave %v of %v", got, want)
	}
}

func TestAnIrregularEWMATakesNoPriceTwiceAndNoneThatIsNone(t *testing.T) {
	e := IrregularEWMA{HalfLife: time.Hour, MaxGap: time.Hour}
	at := time.Unix(0, 0)
	if _, ok := e.Volatility(); ok {
		t.Error("a volatility before the first price")
	}
	e.Add(at, 1)
	if _, ok := e.Volatility(); ok {
		t.Error("a volatility of one price")
	}
	e.Add(at.Add(time.Minute), 1.1)
	before := e
	for _, c := range []struct {
		after time.Duration
		price float64
	}{
		{time.Minute, 2}, {0, 2}, {time.Hour, 0}, {time.Hour, -1}, {time.Hour, math.NaN()}, {time.Hour, math.Inf(1)},
	} {
		if e.Add(at.Add(c.after), c.price) || e != before {
			t.Errorf("%v was taken", c)
		}
	}
}

func TestWithoutHalfLifeOnlyTheLastReturnIsRemembered(t *testing.T) {
	e := IrregularEWMA{MaxGap: time.Hour}
	at := time.Unix(0, 0)
	e.Add(at, 1)
	e.Add(at.Add(time.Minute), 5)
	e.Add(at.Add(2*time.Minute), 5.5)
	got, ok := e.Volatility()
	compare(t, "volatility", got, ok, PerYear(Return(5, 5.5)*Return(5, 5.5), time.Minute), exact)
}

func TestWhatIsForgottenIsGoneAndComesBackAnew(t *testing.T) {
	e := IrregularEWMA{HalfLife: time.Minute, MaxGap: time.Minute}
	at := time.Unix(0, 0)
	e.Add(at, 1)
	e.Add(at.Add(time.Minute), 2)
	at = at.AddDate(1, 0, 0)
	e.Add(at, 3)
	if got, ok := e.Volatility(); ok || got != 0 {
		t.Errorf("a year of half-lives later: %v", got)
	}
	e.Add(at.Add(time.Minute), 3)
	if got, ok := e.Volatility(); !ok || got != 0 {
		t.Errorf("and a calm minute: %v, %t", got, ok)
	}
}
