package collector

import (
	"testing"
	"time"

	"strata/layers"
)

var noon = time.Date(2026, 6, 24, 12, 0, 0, 0, time.UTC)

func price(t *testing.T, text string) layers.Decimal {
	t.Helper()
	p, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAQuoteIsHeldAgainstItselfAndTheClock(t *testing.T) {
	for name, test := range map[string]struct {
		price string
		at    time.Time
		want  Reason
	}{
		"a fresh price":                  {"215.79490000", noon.Add(-time.Second), ""},
		"a source without a clock":       {"215.79490000", time.Time{}, ""},
		"zero":                           {"0.00000", time.Time{}, ReasonNonPositive},
		"negative":                       {"-1", noon, ReasonNonPositive},
		"below any price":                {"1e-13", noon, ReasonNonPositive},
		"the lowest price there is":      {"1e-12", noon, ""},
		"the highest price there is":     {"1e9", noon, ""},
		"above any price":                {"1000000001", noon, ReasonNonPositive},
		"ten minutes old":                {"1", noon.Add(-10 * time.Minute), ""},
		"more than ten minutes old":      {"1", noon.Add(-10*time.Minute - 1), ReasonStale},
		"a minute ahead":                 {"1", noon.Add(time.Minute), ""},
		"more than a minute ahead":       {"1", noon.Add(time.Minute + 1), ReasonFuture},
		"the beginning of time":          {"1", time.Unix(0, 0), ReasonStale},
		"milliseconds taken for seconds": {"1", time.Unix(1779092258000, 0), ReasonFuture},
	} {
		q := Quote{Price: price(t, test.price), Time: test.at}
		got, _ := memory{}.examine(q, q.Price, noon, DefaultMaxAge)
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestACachedRepeatIsNoNewSample(t *testing.T) {
	before := memory{accepted: price(t, "215.65"), said: price(t, "215.70"), time: noon} // in USDT
	for name, test := range map[string]struct {
		quote Quote
		want  Reason
	}{
		"same price and time, however written": {Quote{Price: price(t, "215.7"), Time: noon}, ReasonUnchanged},
		"same price at another time":           {Quote{Price: price(t, "215.70"), Time: noon.Add(time.Second)}, ""},
		"another price at the same time":       {Quote{Price: price(t, "215.71"), Time: noon}, ""},
		"same price, no time":                  {Quote{Price: price(t, "215.70")}, ""},
	} {
		if got, _ := before.examine(test.quote, price(t, "215.65"), noon.Add(time.Minute), DefaultMaxAge); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestTheSameQuoteForThreeCyclesIsFrozen(t *testing.T) {
	one := Quote{Price: price(t, "1"), Time: noon}
	m := memory{accepted: one.Price, said: one.Price, time: noon}
	for i, want := range []Reason{ReasonUnchanged, ReasonUnchanged, ReasonFrozen, ReasonFrozen} {
		var reason Reason
		if reason, m = m.examine(one, one.Price, noon.Add(time.Minute), DefaultMaxAge); reason != want {
			t.Errorf("cycle %d: %q, want %q", i+1, reason, want)
		}
	}
}

// What is held says how often the source has confirmed it; how often is enough depends on
// the other sources.
func TestAJumpIsHeldAndItsConfirmationsAreCounted(t *testing.T) {
	const passes = -1
	type step struct {
		price     string
		confirmed int
	}
	for name, steps := range map[string][]step{
		"+64 % is no jump":                    {{"1.64", passes}},
		"-39 % is no jump":                    {{"0.61", passes}},
		"a bad print comes and goes":          {{"10", 0}, {"1.01", passes}},
		"a jump is confirmed":                 {{"10", 0}, {"11", 1}, {"9", 2}, {"10", 3}},
		"one wild print after the other":      {{"10", 0}, {"100", 0}, {"0.001", 0}, {"1", passes}},
		"the second wild print is confirmed":  {{"10", 0}, {"100", 0}, {"99", 1}},
		"a held print does not stay in mind":  {{"10", 0}, {"1", passes}, {"10", 0}},
		"a fall to a thousandth is held, too": {{"0.001", 0}, {"0.001", 1}},
	} {
		m := memory{accepted: price(t, "1"), time: noon}
		for i, step := range steps {
			at := noon.Add(time.Duration(i+1) * time.Minute)
			q := Quote{Price: price(t, step.price), Time: at}
			reason, after := m.examine(q, q.Price, at, DefaultMaxAge)
			want := ReasonHeld
			if step.confirmed == passes {
				want, step.confirmed = "", 0
			}
			if reason != want || after.confirmed != step.confirmed {
				t.Fatalf("%s: step %d, %s: %q, confirmed %d times, want %q, %d", name, i, step.price, reason, after.confirmed, want, step.confirmed)
			}
			if m = after; reason == "" {
				m = memory{accepted: q.Price, time: q.Time}
			}
		}
	}
}

func TestACacheThatRepeatsABadPrintDoesNotConfirmIt(t *testing.T) {
	m := memory{accepted: price(t, "1"), time: noon}
	bad := Quote{Price: price(t, "10"), Time: noon.Add(time.Minute)}
	for i := range 5 {
		var reason Reason
		if reason, m = m.examine(bad, bad.Price, noon.Add(2*time.Minute), DefaultMaxAge); reason != ReasonHeld || m.confirmed != 0 {
			t.Fatalf("poll %d of one cached print: %q, confirmed %d times, want held", i, reason, m.confirmed)
		}
	}
}
