package risk

import (
	"math"
	"strings"
	"testing"
	"time"

	"strata/layers"
)

// takeover is noon of the day before, on every grid, in the midst of a window.
func takeover() time.Time { return noon.Add(-10 * time.Hour) }

// stamp writes a time for a catalogue.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// jumping is a price that walks, and is another coin's from an instant on, worth factor
// times as much.
func jumping(slug, source string, at time.Time, factor int64) past {
	return quotes(slug, source, noon.AddDate(0, 0, -32), noon, 5*time.Minute, walk(5)).mapped(func(s *layers.Sample) {
		if !s.Time.Before(at) {
			s.Price.Coefficient *= factor
		}
	})
}

// Litentry and Lighter were both LIT at Kraken, 0.118 and 2.8: whoever chained over that
// would see a day of 2,000 percent.
func TestNoReturnIsFormedAcrossAChangeOfName(t *testing.T) {
	at := takeover()
	renamed := row("lit", "listings: [{source: one, symbol: OLD/USD, to: '"+stamp(at)+"'}, {source: one, symbol: NEW/USD, from: '"+stamp(at)+"'}]", "alpha")
	for _, name := range []string{"24h", "7d", "30d"} {
		plain := computeToken(t, catalogue(t, token("lit", "alpha")), jumping("lit", "one", at, 1), "lit", name, noon)
		cut := computeToken(t, catalogue(t, renamed), jumping("lit", "one", at, 24), "lit", name, noon)
		chained := computeToken(t, catalogue(t, token("lit", "alpha")), jumping("lit", "one", at, 24), "lit", name, noon)
		if cut.ValidSteps != plain.ValidSteps-1 {
			t.Errorf("%s: %d steps, want one less than %d", name, cut.ValidSteps, plain.ValidSteps)
		}
		if ratio := cut.Volatility.Value / plain.Volatility.Value; !cut.Volatility.Known || math.Abs(ratio-1) > 0.05 {
			t.Errorf("%s: %v, want about %v", name, cut.Volatility, plain.Volatility)
		}
		if chained.Volatility.Value < 10*plain.Volatility.Value {
			t.Errorf("%s: chained %v: the test shows nothing", name, chained.Volatility)
		}
	}
}

// The price of before is no price after: with a quiet hour around the change, the first
// price on the grid after it would be the old coin's.
func TestAPriceFromBeforeAChangeIsNotCarriedOverIt(t *testing.T) {
	at := takeover().Add(7 * time.Minute)
	renamed := row("lit", "listings: [{source: one, symbol: OLD/USD, to: '"+stamp(at)+"'}, {source: one, symbol: NEW/USD, from: '"+stamp(at)+"'}]", "alpha")
	h := jumping("lit", "one", at, 24).without("", at.Add(-6*time.Minute), at.Add(2*time.Minute))
	got := computeToken(t, catalogue(t, renamed), h, "lit", "24h", noon)
	if plain := computeToken(t, catalogue(t, token("lit", "alpha")), jumping("lit", "one", at, 1), "lit", "24h", noon); got.Volatility.Value > 1.1*plain.Volatility.Value {
		t.Errorf("%v, without any change %v", got.Volatility, plain.Volatility)
	}
}

func TestOneSourceThatChangesItsNameCostsTheOthersNothing(t *testing.T) {
	at := takeover()
	facts := "listings: [{source: one, symbol: OLD/USD, to: '" + stamp(at) + "'}, {source: one, symbol: NEW/USD, from: '" + stamp(at) + "'}, {source: two, symbol: x}]"
	h := append(jumping("lit", "one", at, 24), jumping("lit", "two", at, 1)...)
	got := computeToken(t, catalogue(t, row("lit", facts, "alpha")), h, "lit", "24h", noon)
	want := computeToken(t, catalogue(t, token("lit", "alpha")), jumping("lit", "two", at, 1), "lit", "24h", noon)
	if got.ValidSteps != want.ValidSteps || math.Abs(got.Volatility.Value/want.Volatility.Value-1) > 1e-12 {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// One ai16z became six elizaOS on 2025-10-21: the month of the new token is the old
// one's up to then. Volatility knows no units, so only the step across is lost.
func conversion(at time.Time) (rows []string, h past) {
	rows = []string{
		row("ai16z", "migration: {to: elizaos, ratio: 6, since: '"+stamp(at)+"'}, listings: [{source: one, symbol: a, to: '"+stamp(at)+"'}]", "alpha"),
		row("elizaos", "listings: [{source: one, symbol: e, from: '"+stamp(at)+"'}]", "alpha"),
	}
	for _, s := range quotes("ai16z", "one", noon.AddDate(0, 0, -32), noon, 5*time.Minute, walk(5)) {
		if !s.Time.Before(at) {
			s.Token, s.Price.Coefficient = "elizaos", s.Price.Coefficient/6
		}
		h = append(h, s)
	}
	return rows, h
}

func TestAConvertedTokenContinuesThePastOfTheOldOne(t *testing.T) {
	at := takeover()
	rows, h := conversion(at)
	c := catalogue(t, rows...)
	for _, name := range []string{"24h", "7d", "30d"} {
		got := computeToken(t, c, h, "elizaos", name, noon)
		want := computeToken(t, catalogue(t, token("one", "alpha")), jumping("one", "one", at, 1), "one", name, noon)
		if !got.Volatility.Known || got.ValidSteps != want.ValidSteps-1 || math.Abs(got.Volatility.Value/want.Volatility.Value-1) > 0.02 {
			t.Errorf("%s: %+v, want about %+v", name, got, want)
		}
	}
}

func TestAMergerLeavesTheSuccessorItsOwnPast(t *testing.T) {
	at := takeover()
	rows, h := conversion(at)
	rows[1] = row("elizaos", "listings: [{source: one, symbol: e}]", "alpha") // traded before
	got := computeToken(t, catalogue(t, rows...), h, "elizaos", "30d", noon)
	if got.Volatility.Known || !strings.HasPrefix(got.Volatility.Reason, "coverage") {
		t.Errorf("%+v, want too little of its own", got)
	}
}

func TestWithoutARatioNothingIsContinued(t *testing.T) {
	at := takeover()
	rows, h := conversion(at)
	rows[0] = strings.Replace(rows[0], "ratio: 6, ", "", 1)
	if got := computeToken(t, catalogue(t, rows...), h, "elizaos", "30d", noon); got.Volatility.Known {
		t.Errorf("%+v, want too little of its own", got)
	}
}

func TestTheEngineSplicesAsTheHistoryDoes(t *testing.T) {
	at := takeover()
	rows, h := conversion(at)
	c := catalogue(t, rows...)
	for _, now := range []time.Time{noon, at.Add(-time.Hour), at, at.Add(time.Minute)} {
		e := NewEngine(c)
		for _, s := range h {
			if !s.Time.After(now) {
				e.Observe(s)
			}
		}
		live, past := e.Snapshot(now), compute(t, c, h, now)
		for _, name := range []string{"1h", "24h", "7d", "30d"} {
			for _, slug := range []string{"ai16z", "elizaos"} {
				a, _ := live.Token(slug, name)
				b, _ := past.Token(slug, name)
				if *a != *b {
					t.Errorf("%s %s at %s: %+v, from history %+v", slug, name, now, a, b)
				}
			}
		}
		p, _ := live.Price("elizaos")
		q, _ := past.Price("elizaos")
		if p.Known != q.Known || p.Price != q.Price || p.Known == now.Before(at) {
			t.Errorf("price at %s: %+v, from history %+v", now, p, q)
		}
	}
}

func TestTheCataloguesTakeoversAreCuts(t *testing.T) {
	c, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct{ slug, source, cut string }{
		{"render", "binance", "2024-07-26"},     // RNDR became RENDER
		{"litentry", "coingecko", "2025-02-13"}, // Litentry became Heima
		{"elizaos", "kraken", "2025-10-21"},     // one ai16z became six
		{"fetch-ai", "binance", ""},             // AGIX and OCEAN went into it, and it had its own price
		{"bittensor", "kraken", ""},
	} {
		listed, _ := c.Token(want.slug)
		var got []string
		for _, ms := range cutsOf(c, listed, want.source) {
			got = append(got, time.UnixMilli(ms).UTC().Format(time.DateOnly))
		}
		if strings.Join(got, " ") != want.cut {
			t.Errorf("%s at %s is cut on %v, want %q", want.slug, want.source, got, want.cut)
		}
	}
}

// Over the merger of 1 July 2024 FET was traded all along: its recorded hours give what a
// plain sum over them gives, to the last step, whatever AGIX did beside it.
func TestTheMergerOfJuly2024LeavesFETItsRecordedPast(t *testing.T) {
	c, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 7, 2, 0, 0, 0, 0, time.UTC)
	var h past
	for _, s := range readPrices(t, []string{"merger"}, "FET") {
		s.Token, s.Source = "fetch-ai", "binance"
		h = append(h, s)
		if s.Time.Before(at.AddDate(0, 0, -1)) {
			s.Token, s.Price.Coefficient = "singularitynet", s.Price.Coefficient*43/100
			h = append(h, s)
		}
	}
	// sqrt(8760 · mean of ln² of successive closes), summed in Python over the same file.
	for name, want := range map[string]float64{"30d": 1.3508279835172607, "7d": 1.310006710308836} {
		got := computeToken(t, c, h, "fetch-ai", name, at)
		if !got.Volatility.Known || got.ValidSteps != got.Steps || math.Abs(got.Volatility.Value/want-1) > 1e-11 {
			t.Errorf("%s: %+v, want %v", name, got, want)
		}
	}
	if got := computeToken(t, c, h, "singularitynet", "7d", at); got.Volatility.Known || got.Volatility.Reason != "migrated to fetch-ai on 2024-07-01" {
		t.Errorf("AGIX: %+v", got.Volatility)
	}
}
