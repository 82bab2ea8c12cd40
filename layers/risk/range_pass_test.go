package risk

import (
	"context"
	"errors"
	"iter"
	"math"
	"testing"
	"time"

	"strata/layers"
)

// A fall by 99.9 %, an hour later one tick, and then nothing moves. What is left when
// the fall has left the window is the tick, to the last digits, and then 0: not what
// rounding left.
func TestACrashThatLeavesTheWindowLeavesNothingBehind(t *testing.T) {
	c, crash := catalogue(t, row("coin", "pegged: true, listings: [{source: one, symbol: c}]", "alpha")), noon.AddDate(0, 0, -3)
	h := quotes("coin", "one", noon.AddDate(0, 0, -5), noon, 5*time.Minute, walk(3)).mapped(func(s *layers.Sample) {
		switch {
		case s.Time.After(crash.Add(time.Hour)):
			s.Price = layers.Decimal{Coefficient: 100_001, Exponent: -6}
		case s.Time.After(crash):
			s.Price = layers.Decimal{Coefficient: 100_000, Exponent: -6}
		}
	})
	tick := math.Sqrt(365) * math.Log1p(1e-5)
	checked := 0
	for _, p := range rangeToken(t, c, h.ledger(), "coin", window(t, "24h"), Instants{Start: crash, End: noon, Step: 5 * time.Minute}) {
		after, want := p.Time.Sub(crash), 0.0
		switch {
		case after <= 24*time.Hour:
			if after > 0 && p.Volatility.Value < 100 {
				t.Errorf("%v after the crash: %v, the test shows nothing", after, p.Volatility)
			}
			continue
		case after <= 25*time.Hour:
			want = tick
		}
		checked++
		if !p.Volatility.Known || math.Abs(p.Volatility.Value-want) > 1e-11*want {
			t.Errorf("%v after the crash: %v, want %v", after, p.Volatility, want)
		}
	}
	if checked != 48*12-1 {
		t.Errorf("%d points checked", checked)
	}
}

func TestARangeHasAPointAtEachInstantBeforeItsEnd(t *testing.T) {
	c := catalogue(t, token("a", "alpha"))
	i := Instants{Start: noon, End: noon.Add(3 * time.Hour), Step: time.Hour}
	points := rangeToken(t, c, past{}, "a", window(t, "7d"), i)
	if len(points) != 3 || !points[2].Time.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("%+v", points)
	}
	for _, p := range points {
		if want := "no sample in the last 24h0m0s"; p.Volatility.Known || p.Volatility.Reason != want {
			t.Errorf("%+v, want %q", p.Volatility, want)
		}
	}
	if early := rangeLayer(t, c, past{}, "alpha", window(t, "30d"), Instants{Start: time.Unix(0, 0), End: time.Unix(7200, 0), Step: time.Hour}); len(early) != 2 {
		t.Errorf("1970: %+v", early)
	}
}

// counted is a history that notes what is read of it.
type counted struct {
	History
	samples, largest int
}

func (c *counted) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		n := 0
		for s, err := range c.History.Samples(token, span) {
			c.samples, n = c.samples+1, n+1
			c.largest = max(c.largest, n)
			if !yield(s, err) {
				return
			}
		}
	}
}

func TestARangeReadsEachSampleOnceAndFewAtATime(t *testing.T) {
	c := catalogue(t, token("a", "alpha"), token("b", "alpha"))
	h := append(quotes("a", "one", noon.AddDate(0, 0, -60), noon, time.Hour, walk(1)), quotes("b", "one", noon.AddDate(0, 0, -60), noon, time.Hour, walk(2))...)
	read := &counted{History: h.ledger()}
	points := rangeLayer(t, c, read, "alpha", window(t, "7d"), Instants{Start: noon.AddDate(0, 0, -40), End: noon, Step: time.Minute * 7})
	// Of each token 40 days, the seven before, three hours for tolerances, not the last hour.
	if want := 2 * (40*24 + 7*24 + 3); read.samples != want || read.largest > 4*24 {
		t.Errorf("%d samples, at most %d at a time, want %d and %d", read.samples, read.largest, want, 4*24)
	}
	if last := points[len(points)-1]; !last.Volatility.Known {
		t.Errorf("%+v", last)
	}
}

func TestARangeEndsWithTheFaultOfItsHistory(t *testing.T) {
	c, broken := catalogue(t, token("a", "alpha")), errors.New("segment 7 is damaged")
	var got error
	for _, err := range RangeLayer(t.Context(), c, failing{broken}, "alpha", window(t, "7d"), Instants{Start: noon, End: noon.AddDate(0, 1, 0), Step: time.Hour}) {
		if got != nil {
			t.Fatal("it goes on after an error")
		}
		got = err
	}
	if !errors.Is(got, broken) || got.Error() != "read history of a: segment 7 is damaged" {
		t.Errorf("got %v", got)
	}
}

type failing struct{ err error }

func (f failing) Samples(string, layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) { yield(layers.Sample{}, f.err) }
}

func TestARangeStopsWhenNobodyWaitsForIt(t *testing.T) {
	c, i := catalogue(t, token("a", "alpha")), Instants{Start: noon, End: noon.AddDate(1, 0, 0), Step: time.Minute}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	points := 0
	for _, err := range RangeToken(ctx, c, past{}, "a", window(t, "1h"), i) {
		if points++; points == 3 {
			cancel()
		}
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if points != 4 {
		t.Errorf("%d answers, want three points and the error", points)
	}
	for range RangeToken(t.Context(), c, past{}, "a", window(t, "1h"), i) {
		break
	}
	for _, err := range RangeLayer(t.Context(), c, past{}, "nobody", window(t, "1h"), i) {
		if err == nil {
			t.Error("an unknown layer has points")
		}
	}
	for _, err := range RangeToken(t.Context(), c, past{}, "nobody", window(t, "1h"), i) {
		if err == nil {
			t.Error("an unknown token has points")
		}
	}
}
