package risk

import (
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"strata/layers"
)

// today is the midnight at which the markets of this file are looked at.
var today = time.Date(2025, 6, 22, 0, 0, 0, 0, time.UTC)

// restless is a market of one token whose price goes up and down every hour by
// 0.01·e^x, with an x of its own for each day, up to today: the logarithm of a day's
// volatility is x plus what is the same for all days.
func restless(slug string, xs ...float64) past {
	var p past
	start := today.AddDate(0, 0, -len(xs))
	for h := range 24*len(xs) + 1 {
		price := 100.0
		if h%2 == 1 {
			price *= math.Exp(0.01 * math.Exp(xs[h/24]))
		}
		p = append(p, layers.Sample{
			Token: slug, Source: "one", Time: start.Add(time.Duration(h) * time.Hour),
			Price: layers.Decimal{Coefficient: int64(math.Round(price * 1e14)), Exponent: -14},
		})
	}
	return p
}

// alternating is n days of +1 and -1, and then one more.
func alternating(n int, then float64) []float64 {
	xs := make([]float64, n+1)
	for i := range xs {
		xs[i] = float64(1 - i%2*2)
	}
	xs[n] = then
	return xs
}

// engine returns an engine that knows a history.
func engine(t testing.TB, c *layers.Catalogue, h History, at time.Time) *Engine {
	t.Helper()
	e := NewEngine(c)
	if err := e.Load(t.Context(), h, at); err != nil {
		t.Fatal(err)
	}
	if err := e.Recall(t.Context(), h, at); err != nil {
		t.Fatal(err)
	}
	return e
}

func near(t *testing.T, what string, got Figure, want float64) {
	t.Helper()
	if !got.Known || math.Abs(got.Value-want) > 1e-9*math.Abs(want) {
		t.Errorf("%s: got %+v, want %v", what, got, want)
	}
}

// TestAbnormalityOfAlternatingDaysIsInClosedForm has 90 values of ±1 around 0.
func TestAbnormalityOfAlternatingDaysIsInClosedForm(t *testing.T) {
	c, sd := catalogue(t, token("aaa", "alpha")), math.Sqrt(90.0/89)
	for _, tc := range []struct {
		x, percentile float64
		regime        Regime
	}{
		{-1.5, 0, Calm}, {0.5, 0.5, Normal}, {3, 1, Extreme},
	} {
		h := restless("aaa", alternating(90, tc.x)...)
		for _, at := range []time.Time{today, today.Add(59*time.Minute + 59*time.Second)} {
			l := computeLayer(t, c, h, "alpha", "24h", at)
			near(t, "zscore", l.ZScore, tc.x/sd)
			if l.Percentile != known(tc.percentile) || l.PercentileDays != 90 || l.Regime != tc.regime {
				t.Errorf("x = %v: %+v of %d days, %q", tc.x, l.Percentile, l.PercentileDays, l.Regime)
			}
		}
	}
}

// TestWhatTheDollarIsWorthDoesNotMatter multiplies all prices by a thousand.
func TestWhatTheDollarIsWorthDoesNotMatter(t *testing.T) {
	c, h := catalogue(t, token("aaa", "alpha")), restless("aaa", alternating(90, 2)...)
	want := computeLayer(t, c, h, "alpha", "24h", today)
	got := computeLayer(t, c, h.mapped(func(s *layers.Sample) { s.Price.Exponent += 3 }), "alpha", "24h", today)
	near(t, "zscore", got.ZScore, want.ZScore.Value)
	if got.Percentile != want.Percentile {
		t.Errorf("percentile %+v, want %+v", got.Percentile, want.Percentile)
	}
}

func TestEnoughDaysMustBeKnown(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	const fewOf90, fewOf365 = " of the last 90 days have a value, 60 needed", " of the last 365 days have a value, 180 needed"
	for _, tc := range []struct {
		before             int
		zscore, percentile string
		days               int
	}{
		{59, "59" + fewOf90, "59" + fewOf365 + "; 59" + fewOf90, 0},
		{60, "", "", 90},
		{179, "", "", 90},
		{180, "", "", 365},
		{400, "", "", 365},
	} {
		l := computeLayer(t, c, restless("aaa", alternating(tc.before, 2)...).ledger(), "alpha", "24h", today)
		if l.ZScore.Reason != tc.zscore || l.Percentile.Reason != tc.percentile || l.PercentileDays != tc.days {
			t.Errorf("%d days: zscore %+v, percentile %+v of %d days", tc.before, l.ZScore, l.Percentile, l.PercentileDays)
		}
		if l.Percentile.Known != (l.Regime == Extreme) {
			t.Errorf("%d days: regime %q", tc.before, l.Regime)
		}
	}
}

// TestAYearKnownButNotItsLastQuarterHasAPercentileAndNoZScore leaves a gap of 31 days.
func TestAYearKnownButNotItsLastQuarterHasAPercentileAndNoZScore(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	h := restless("aaa", alternating(300, 2)...).without("", today.AddDate(0, 0, -40).Add(time.Hour), today.AddDate(0, 0, -9).Add(time.Hour))
	l := computeLayer(t, c, h.ledger(), "alpha", "24h", today)
	if want := "59 of the last 90 days have a value, 60 needed"; l.ZScore.Reason != want {
		t.Errorf("zscore %+v, want %q", l.ZScore, want)
	}
	if l.Percentile != known(1) || l.PercentileDays != 365 {
		t.Errorf("percentile %+v of %d days", l.Percentile, l.PercentileDays)
	}
}

// TestThePresentIsNotComparedWithItself shakes the last day and looks on through the
// next, which is as restless: as long as the day that ended is part of the present, it
// is no part of the past.
func TestThePresentIsNotComparedWithItself(t *testing.T) {
	c, h := catalogue(t, token("aaa", "alpha")), restless("aaa", append(alternating(90, 3), 3)...)
	yesterday := today.AddDate(0, 0, -1)
	for _, hours := range []time.Duration{0, 1, 12, 23} {
		l := computeLayer(t, c, h, "alpha", "24h", yesterday.Add(hours*time.Hour))
		near(t, "zscore", l.ZScore, 3/math.Sqrt(90.0/89))
	}
	if l := computeLayer(t, c, h, "alpha", "24h", today); l.ZScore.Value > 2.9 {
		t.Errorf("a day later the shaken day is still not part of the past: %+v", l.ZScore)
	}
}

func TestAPastOrPresentThatDoesNotMoveIsWithheld(t *testing.T) {
	even := slices.Repeat([]float64{0.5}, 91)
	still := restless("aaa", even...).mapped(func(s *layers.Sample) { s.Price.Coefficient = 1e16 })
	pegged := row("aaa", "pegged: true, listings: [{source: one, symbol: aaa}]", "alpha")
	for _, tc := range []struct {
		name, member, reason string
		h                    past
	}{
		{"every day is alike", token("aaa", "alpha"), "the volatility of the last 90 days did not vary", restless("aaa", even...)},
		{"a pegged price stands still", pegged, "the layer's index did not move for a day", still},
		{"a price stands still", token("aaa", "alpha"), "0 of 1 members included, 1 needed, 1 frozen", still},
		{"nothing is known", token("aaa", "alpha"), "0 of 1 members included, 1 needed, 1 stale", nil},
	} {
		l := computeLayer(t, catalogue(t, tc.member), tc.h, "alpha", "24h", today)
		if l.ZScore != (Figure{Reason: tc.reason}) {
			t.Errorf("%s: %+v", tc.name, l.ZScore)
		}
	}
}

// damagedPast is a history of which nothing of bbb can be read that ended long ago.
type damagedPast struct{ ledger }

func (h damagedPast) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	if token == "bbb" && span.To.Before(today.Add(-time.Hour)) {
		return brokenHistory{}.Samples(token, span)
	}
	return h.ledger.Samples(token, span)
}

func TestDamageInThePastCostsTheDaysThatCannotDoWithout(t *testing.T) {
	h := damagedPast{ledger{}}
	for _, slug := range []string{"aaa", "bbb", "ccc"} {
		h.ledger[slug] = restless(slug, alternating(90, 2)...)
	}
	two, three := []string{token("aaa", "alpha"), token("bbb", "alpha")}, token("ccc", "alpha")
	l := computeLayer(t, catalogue(t, append(two, three)...), h, "alpha", "24h", today)
	near(t, "zscore without one of three members", l.ZScore, 2/math.Sqrt(90.0/89))
	l = computeLayer(t, catalogue(t, two...), h, "alpha", "24h", today)
	if want := "0 of the last 90 days have a value, 60 needed"; l.ZScore.Reason != want {
		t.Errorf("without one of two members: %+v, want %q", l.ZScore, want)
	}
}

func TestOtherWindowsHaveNoAbnormality(t *testing.T) {
	c, h := catalogue(t, token("aaa", "alpha")), restless("aaa", alternating(90, 2)...)
	for _, name := range []string{"1h", "7d", "30d"} {
		l := computeLayer(t, c, h, "alpha", name, today)
		want := Figure{Reason: "given for the 24h window"}
		if l.ZScore != want || l.Percentile != want || l.Regime != "" {
			t.Errorf("%s: %+v, %+v, %q", name, l.ZScore, l.Percentile, l.Regime)
		}
	}
}
