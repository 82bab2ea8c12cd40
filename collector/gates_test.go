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
		got, _ := memory{}.examine(Quote{Price: price(t, test.price), Time: test.at}, noon, DefaultMaxAge)
		if got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestACachedRepeatIsNoNewSample(t *testing.T) {
	before := memory{accepted: price(t, "215.70"), time: noon}
	for name, test := range map[string]struct {
		quote Quote
		want  Reason
	}{
		"same price and time, however written": {Quote{Price: price(t, "215.7"), Time: noon}, ReasonUnchanged},
		"same price at another time":           {Quote{Price: price(t, "215.70"), Time: noon.Add(time.Second)}, ""},
		"another price at the same time":       {Quote{Price: price(t, "215.71"), Time: noon}, ""},
		"same price, no time":                  {Quote{Price: price(t, "215.70")}, ""},
	} {
		if got, _ := before.examine(test.quote, noon.Add(time.Minute), DefaultMaxAge); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

func TestAJumpIsHeldUntilTheNextQuoteConfirmsIt(t *testing.T) {
	type step struct {
		price string
		want  Reason
	}
	for name, steps := range map[string][]step{
		"+64 % is no jump":                    {{"1.64", ""}},
		"-39 % is no jump":                    {{"0.61", ""}},
		"a bad print comes and goes":          {{"10", ReasonHeld}, {"1.01", ""}},
		"a jump is confirmed":                 {{"10", ReasonHeld}, {"11", ""}},
		"one wild print after the other":      {{"10", ReasonHeld}, {"100", ReasonHeld}, {"0.001", ReasonHeld}, {"1", ""}},
		"the second wild print is confirmed":  {{"10", ReasonHeld}, {"100", ReasonHeld}, {"99", ""}},
		"a held print does not stay in mind":  {{"10", ReasonHeld}, {"1", ""}, {"10", ReasonHeld}},
		"a fall to a thousandth is held, too": {{"0.001", ReasonHeld}, {"0.001", ""}},
	} {
		m := memory{accepted: price(t, "1"), time: noon}
		for i, step := range steps {
			at := noon.Add(time.Duration(i+1) * time.Minute)
			q := Quote{Price: price(t, step.price), Time: at}
			reason, after := m.examine(q, at, DefaultMaxAge)
			if reason != step.want {
				t.Fatalf("%s: step %d, %s: %q, want %q", name, i, step.price, reason, step.want)
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
		if reason, m = m.examine(bad, noon.Add(2*time.Minute), DefaultMaxAge); reason != ReasonHeld {
			t.Fatalf("poll %d of one cached print: %q, want held", i, reason)
		}
	}
}
