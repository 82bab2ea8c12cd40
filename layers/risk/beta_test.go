package risk

import (
	"math"
	"testing"
	"time"

	"strata/layers"
)

// powered returns the hourly prices of a token whose returns are k times those of
// another, up to noon.
func powered(slug string, k float64, of past) past {
	return of.mapped(func(s *layers.Sample) {
		s.Token = slug
		s.Price = layers.Decimal{Coefficient: int64(math.Round(1e16 * math.Pow(s.Price.Float64()/100, k))), Exponent: -14}
	})
}

func hourly(slug string) past {
	return quotes(slug, "one", noon.AddDate(0, 0, -32), noon, time.Hour, walk(3))
}

func betas(t *testing.T, rows []string, h past, name string) map[string]Beta {
	t.Helper()
	found := map[string]Beta{}
	for _, b := range computeLayer(t, catalogue(t, rows...), h, "alpha", name, noon).Betas {
		found[b.Benchmark] = b
	}
	return found
}

func TestALayerThatMovesKTimesTheBenchmarkHasABetaOfK(t *testing.T) {
	rows := []string{token("aaa", "alpha"), benchmark("bitcoin", "BTC")}
	for _, k := range []float64{-1, 0.5, 1, 2, 3} {
		h := append(hourly("bitcoin"), powered("aaa", k, hourly("bitcoin"))...)
		for _, name := range []string{"7d", "30d"} {
			b := betas(t, rows, h, name)["btc"]
			near(t, "beta", b.Beta, k)
			near(t, "r2", b.RSquared, 1)
			if !b.Idiosyncratic.Known || b.Idiosyncratic.Value > 1e-9 || b.Token != "bitcoin" || b.Member {
				t.Errorf("k = %v, %s: %+v", k, name, b)
			}
		}
	}
}

// TestABenchmarkInTheLayerIsFlagged: it is also flagged for as long as the window
// reaches back to the time when it was a member.
func TestABenchmarkInTheLayerIsFlagged(t *testing.T) {
	h := append(hourly("bitcoin"), powered("aaa", 2, hourly("bitcoin"))...)
	rows := []string{token("aaa", "alpha"), benchmark("bitcoin", "BTC", "alpha to: 2025-06-10", "beta from: 2025-06-10")}
	if short, long := betas(t, rows, h, "7d")["btc"], betas(t, rows, h, "30d")["btc"]; short.Member || !long.Member {
		t.Errorf("7d %+v, 30d %+v", short, long)
	}
}

func TestShorterWindowsHaveNoBeta(t *testing.T) {
	rows := []string{token("aaa", "alpha"), benchmark("bitcoin", "BTC")}
	for _, name := range []string{"1h", "24h"} {
		if b := betas(t, rows, month("aaa", "bitcoin"), name); len(b) > 0 {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

// TestABenchmarkIsNamedByItsTickerUnlessTwoShareIt: the name is a label.
func TestABenchmarkIsNamedByItsTickerUnlessTwoShareIt(t *testing.T) {
	rows := []string{
		token("aaa", "alpha"), benchmark("bitcoin", "BTC"), benchmark("bitcoin-two", "btc"), benchmark("ethereum", "ETH"),
		row("plain", "benchmark: true, listings: [{source: one, symbol: plain}]"),
	}
	found := betas(t, rows, nil, "7d")
	for _, want := range []string{"bitcoin", "bitcoin-two", "eth", "plain"} {
		if _, ok := found[want]; !ok {
			t.Errorf("no %s in %v", want, found)
		}
	}
}

func TestABetaOfTooLittleIsWithheld(t *testing.T) {
	still := hourly("bitcoin").mapped(func(s *layers.Sample) { s.Price.Coefficient = 1e8 })
	blips := still.mapped(func(s *layers.Sample) { s.Price.Coefficient, s.Time = 2e8, s.Time.Add(-30*time.Minute) })
	hour := func(ago int) time.Time { return noon.Add(-time.Duration(ago)*time.Hour + time.Second) }
	for _, tc := range []struct {
		name, reason string
		member, of   past
	}{
		{"134 of 168 steps", "134 of 168 steps have both the layer and bitcoin, 135 needed",
			hourly("aaa").without("", hour(100), hour(82)), hourly("bitcoin").without("", hour(60), hour(44))},
		{"135 of 168 steps", "", hourly("aaa").without("", hour(100), hour(82)), hourly("bitcoin").without("", hour(60), hour(45))},
		{"no benchmark", "bitcoin: no sample in the last 24h0m0s", hourly("aaa"), nil},
		{"no layer", "0 of 1 members included, 1 needed, 1 stale", nil, hourly("bitcoin")},
		{"a frozen benchmark", "bitcoin: price has not moved for at least 23h0m0s, limit 1h0m0s", hourly("aaa"), still},
		{"a benchmark that moves between the steps", "the price of bitcoin did not move on the layer's grid", hourly("aaa"), append(blips, still...)},
	} {
		rows := []string{token("aaa", "alpha"), row("bitcoin", "benchmark: true, symbols: [{symbol: BTC}], listings: [{source: one, symbol: b}]")}
		b := betas(t, rows, append(tc.member, tc.of...), "7d")["btc"]
		for _, f := range []Figure{b.Beta, b.RSquared, b.Idiosyncratic} {
			if f.Known != (tc.reason == "") || f.Reason != tc.reason {
				t.Errorf("%s: %+v, want %q", tc.name, f, tc.reason)
			}
		}
	}
}

func TestALayerThatStandsStillHasABetaOfZeroAndNoRSquared(t *testing.T) {
	rows := []string{row("aaa", "pegged: true, listings: [{source: one, symbol: a}]", "alpha"), benchmark("bitcoin", "BTC")}
	still := hourly("aaa").mapped(func(s *layers.Sample) { s.Price.Coefficient = 1e8 })
	b := betas(t, rows, append(hourly("bitcoin"), still...), "7d")["btc"]
	if b.Beta != known(0) || b.Idiosyncratic != known(0) || b.RSquared != (Figure{Reason: "the layer's index did not move"}) {
		t.Errorf("%+v", b)
	}
}

// TestNothingIsComparedWithAPeg: what quotes are counted in is no market of its own.
func TestNothingIsComparedWithAPeg(t *testing.T) {
	tether := row("tether", "benchmark: true, pegged: true, symbols: [{symbol: USDT}], listings: [{source: one, symbol: t}]")
	h := append(hourly("aaa"), hourly("tether")...)
	if found := betas(t, []string{token("aaa", "alpha"), tether}, h, "7d"); len(found) > 0 {
		t.Errorf("%+v", found)
	}
}
