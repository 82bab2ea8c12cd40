package risk

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"strata/layers"
)

// threeAndOne is a stack with three members in alpha and one in beta.
func threeAndOne(t testing.TB) *layers.Catalogue {
	return catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha"), token("ddd", "beta"))
}

func threeAndOneMonth() past { return month("aaa", "bbb", "ccc", "ddd") }

// figures returns all published figures of a snapshot by name.
func figures(s *Snapshot) map[string]Figure {
	all := map[string]Figure{}
	for _, l := range s.Layers {
		at := l.Layer + " " + l.Window.Name + " "
		all[at+"volatility"], all[at+"downside"] = l.Volatility, l.Downside
		all[at+"median"], all[at+"max"] = l.MemberMedian, l.MemberMax
		all[at+"dispersion"], all[at+"correlation"] = l.Dispersion, l.Correlation
		all[at+"implied"], all[at+"diversification"] = l.Implied, l.Diversification
		for _, of := range l.Weighted {
			all[at+string(of.Weighting)] = of.Volatility
		}
		all[at+"zscore"], all[at+"percentile"] = l.ZScore, l.Percentile
		for _, b := range l.Betas {
			all[at+b.Token+" beta"], all[at+b.Token+" r2"], all[at+b.Token+" own"] = b.Beta, b.RSquared, b.Idiosyncratic
		}
		for _, m := range l.Members {
			all[at+m.Token+" share"] = m.RiskShare
		}
	}
	for _, r := range s.Tokens {
		all[r.Token+" "+r.Window.Name] = r.Volatility
	}
	return all
}

// diff compares figures up to a relative tolerance.
func diff(want, got map[string]Figure, tolerance float64) string {
	return cmp.Diff(want, got, cmpopts.EquateApprox(tolerance, 0))
}

func TestPricesTimesTenChangeNothing(t *testing.T) {
	c := threeAndOne(t)
	one := threeAndOneMonth()
	ten := one.mapped(func(s *layers.Sample) { s.Price.Exponent++ })
	if d := diff(figures(compute(t, c, one, noon)), figures(compute(t, c, ten, noon)), 1e-12); d != "" {
		t.Error(d)
	}
}

func TestExtremePricesChangeNothing(t *testing.T) {
	c := threeAndOne(t)
	usual := figures(compute(t, c, threeAndOneMonth(), noon))
	for _, exponent := range []int8{-14, 7} { // about 1e-12 and 1e9+ dollars for 100
		scaled := threeAndOneMonth().mapped(func(s *layers.Sample) { s.Price.Exponent += exponent })
		if d := diff(usual, figures(compute(t, c, scaled, noon)), 1e-12); d != "" {
			t.Errorf("at 10^%d: %s", exponent, d)
		}
	}
}

func TestWholeDaysLaterTheNumbersAreTheSame(t *testing.T) {
	c := threeAndOne(t)
	usual := figures(compute(t, c, threeAndOneMonth(), noon))
	for _, days := range []int{1, 59, 366, 4000} {
		shifted := threeAndOneMonth().mapped(func(s *layers.Sample) { s.Time = s.Time.AddDate(0, 0, days) })
		if d := cmp.Diff(usual, figures(compute(t, c, shifted, noon.AddDate(0, 0, days)))); d != "" {
			t.Errorf("%d days: %s", days, d)
		}
	}
}

// TestAFlatPriceSeenThroughSourcesThatComeAndGoIsExactlyFlat lets two sources that
// differ by 30 basis points take turns.
func TestAFlatPriceSeenThroughSourcesThatComeAndGoIsExactlyFlat(t *testing.T) {
	c := catalogue(t, row("aaa", "pegged: true, listings: [{source: one, symbol: aaa}]", "alpha"))
	start := noon.AddDate(0, 0, -32)
	flat := func(micros int64) func(int) int64 { return func(int) int64 { return micros } }
	h := slices.Concat(
		quotes("aaa", "one", start, noon, 5*time.Minute, flat(1_000_000)),
		quotes("aaa", "two", start, noon, 5*time.Minute, flat(1_003_000)))
	for i := range 31 * 6 {
		source, from := []string{"one", "two"}[i%2], start.Add(time.Duration(4*i)*time.Hour)
		h = slices.DeleteFunc(h, func(s layers.Sample) bool {
			return s.Source == source && s.Time.After(from) && s.Time.Before(from.Add(3*time.Hour))
		})
	}
	for _, w := range Windows {
		if got := computeToken(t, c, h, "aaa", w.Name, noon).Volatility; got != known(0) {
			t.Errorf("%s: %+v, want exactly 0", w.Name, got)
		}
	}
}

// TestADelistedFeedIsFrozenAndMovesNothing adds 8,641 equal minutes, as venues go on
// answering for symbols they have delisted.
func TestADelistedFeedIsFrozenAndMovesNothing(t *testing.T) {
	members := []string{token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha")}
	without, with := catalogue(t, members...), catalogue(t, append(members, token("dead", "alpha"))...)
	h := month("aaa", "bbb", "ccc")
	dead := quotes("dead", "one", noon.Add(-8641*time.Minute), noon, time.Minute, func(int) int64 { return 700_900 })
	for _, name := range []string{"1h", "24h", "7d"} {
		want := computeLayer(t, without, h, "alpha", name, noon)
		got := computeLayer(t, with, append(slices.Clone(h), dead...), "alpha", name, noon)
		m := member(t, got, "dead")
		if m.State != Frozen || m.Weight != 0 || m.RiskShare.Known {
			t.Errorf("%s: the delisted feed is %+v", name, m)
		}
		got.Members = slices.DeleteFunc(got.Members, func(m Member) bool { return m.Token == "dead" })
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(LayerRisk{}, "Coverage")); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestRiskSharesSumToOne(t *testing.T) {
	s := compute(t, threeAndOne(t), threeAndOneMonth(), noon)
	for _, l := range s.Layers {
		if l.Window.LayerStep == 0 {
			continue
		}
		var sum float64
		for _, m := range l.Members {
			sum += m.RiskShare.Value
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("%s %s: shares sum to %v", l.Layer, l.Window.Name, sum)
		}
	}
}

func TestAGlitchInOneMemberLeavesTheMedianAlone(t *testing.T) {
	c := threeAndOne(t)
	h := threeAndOneMonth()
	before := computeLayer(t, c, h, "alpha", "7d", noon)
	loudest := slices.MaxFunc(before.Members, func(a, b Member) int {
		return int(math.Copysign(1, a.Volatility.Value-b.Volatility.Value))
	})
	glitched := h.mapped(func(s *layers.Sample) {
		if s.Token == loudest.Token && s.Time.Equal(noon.Add(-50*time.Hour)) {
			s.Price.Exponent++
		}
	})
	after := computeLayer(t, c, glitched, "alpha", "7d", noon)
	if after.MemberMedian != before.MemberMedian {
		t.Errorf("median moved from %v to %v", before.MemberMedian.Value, after.MemberMedian.Value)
	}
	if after.MemberMax.Value < 5*before.MemberMax.Value {
		t.Errorf("the glitch does not show: max %v", after.MemberMax.Value)
	}
}

// TestAMemberThatComesOrGoesMakesNoJump: the layer's index return of a step is that
// of the members priced at both ends, so a token a thousand times dearer may come in
// without moving it.
func TestAMemberThatComesOrGoesMakesNoJump(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("dear", "alpha"))
	same := func(slug string, exponent int8) past {
		half := noon.Add(-30 * time.Minute) // between grid times, so that a gap begins and ends with a step
		return quotes(slug, "one", half.AddDate(0, 0, -9), half, time.Hour, walk(5)).
			mapped(func(s *layers.Sample) { s.Price.Exponent += exponent })
	}
	all := slices.Concat(same("aaa", 0), same("bbb", 0), same("dear", 3))
	want := computeLayer(t, c, all, "alpha", "7d", noon).Volatility
	gone := noon.Add(-100 * time.Hour)
	got := computeLayer(t, c, all.without("dear", gone, gone.Add(20*time.Hour)), "alpha", "7d", noon).Volatility
	if !got.Known || math.Abs(got.Value-want.Value) > 1e-12*want.Value {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestAMemberCountsInTheStepsItWasAMemberOf moves a wild token from alpha to beta in
// the middle of the window and rebuilds both index volatilities by hand.
func TestAMemberCountsInTheStepsItWasAMemberOf(t *testing.T) {
	const move = "2025-06-19T00:00:00Z"
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("wild", "alpha to: "+move, "beta from: "+move), token("ddd", "beta"))
	h := month("aaa", "bbb", "wild", "ddd")
	g := gridAt(noon, 7*24*time.Hour, time.Hour)
	moved, err := time.Parse(time.RFC3339, move)
	if err != nil {
		t.Fatal(err)
	}
	returnsOf := func(slug string) []float64 {
		var s series
		for sample := range h.Samples(slug, layers.Span{}) {
			s.add(sample)
		}
		return s.path(g, func(string) cuts { return nil }).returns
	}
	for layer, members := range map[string]func(at time.Time) []string{
		"alpha": func(at time.Time) []string {
			if at.Before(moved) {
				return []string{"aaa", "bbb", "wild"}
			}
			return []string{"aaa", "bbb"}
		},
		"beta": func(at time.Time) []string {
			if at.Before(moved) {
				return []string{"ddd"}
			}
			return []string{"ddd", "wild"}
		},
	} {
		var squares float64
		for k := range g.n {
			var growth float64
			slugs := members(g.time(k))
			for _, slug := range slugs {
				growth += math.Exp(returnsOf(slug)[k]) / float64(len(slugs))
			}
			squares += math.Pow(math.Log(growth), 2)
		}
		want := math.Sqrt(365 * 24 * squares / float64(g.n))
		got := computeLayer(t, c, h, layer, "7d", noon)
		if got.ValidSteps != 168 || math.Abs(got.Volatility.Value-want) > 1e-9*want {
			t.Errorf("%s: %v over %d steps, want %v over 168", layer, got.Volatility, got.ValidSteps, want)
		}
	}
}

// TestTooFewMembersOfTheDayMakeAStepInvalid asks the quorum of the members of each
// step, not of today's.
func TestTooFewMembersOfTheDayMakeAStepInvalid(t *testing.T) {
	const join = "2025-06-21T12:00:00Z"
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha from: "+join, "beta to: "+join), token("ccc", "alpha from: "+join, "beta to: "+join))
	got := computeLayer(t, c, month("aaa", "bbb", "ccc"), "alpha", "7d", noon)
	if got.ValidSteps != 168 || !got.Volatility.Known {
		t.Errorf("aaa alone was the layer for six days: %d valid steps, %+v", got.ValidSteps, got.Volatility)
	}
}

// TestAfterACrashHasLeftTheWindowNothingOfItRemains lets a price fall by 99.9 % and
// come back, and looks a day later: a running sum would still be off.
func TestAfterACrashHasLeftTheWindowNothingOfItRemains(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	calm := quotes("aaa", "one", noon.Add(-72*time.Hour), noon, time.Minute, walk(9))
	crashed := calm.mapped(func(s *layers.Sample) {
		if ago := noon.Sub(s.Time); ago > 30*time.Hour && ago < 31*time.Hour {
			s.Price.Exponent -= 3
		}
	})
	during := computeToken(t, c, crashed, "aaa", "24h", noon.Add(-20*time.Hour)).Volatility
	if during.Value < 100 {
		t.Errorf("the crash does not show: %v", during.Value)
	}
	e := NewEngine(c)
	for _, s := range crashed {
		e.Observe(s)
	}
	got, _ := e.Snapshot(noon).Token("aaa", "24h")
	if want := computeToken(t, c, calm, "aaa", "24h", noon).Volatility; got.Volatility != want {
		t.Errorf("got %+v, want %+v", got.Volatility, want)
	}
}

// market draws a small market: one to three sources a token, irregular times, gaps,
// a price that stands at times.
func market(r *rapid.T) past {
	p := month([]string{"aaa", "bbb", "ccc", "ddd"}[rapid.IntRange(0, 3).Draw(r, "long"):]...).without("", noon.Add(-30*time.Hour+1), noon.Add(1))
	for _, slug := range []string{"aaa", "bbb", "ccc", "ddd"} {
		for _, source := range []string{"one", "two", "three"}[:rapid.IntRange(1, 3).Draw(r, "sources")] {
			step := time.Duration(rapid.IntRange(60, 900).Draw(r, "seconds")) * time.Second
			price := walk(rapid.Uint64().Draw(r, "seed"))
			if rapid.IntRange(0, 5).Draw(r, "flat") == 0 {
				price = func(int) int64 { return 5e5 }
			}
			feed := quotes(slug, source, noon.Add(-30*time.Hour), noon, step, price)
			from := noon.Add(-time.Duration(rapid.IntRange(0, 1800).Draw(r, "gap")) * time.Minute)
			p = append(p, feed.without("", from, from.Add(time.Duration(rapid.IntRange(0, 400).Draw(r, "length"))*time.Minute))...)
		}
	}
	return p
}

// TestEngineAndComputeAgreeToTheLastBit feeds an engine in random order, part of it
// from the store and part of it live, which it recalls in two steps, and compares
// everything it says.
func TestEngineAndComputeAgreeToTheLastBit(t *testing.T) {
	c := threeAndOne(t)
	rapid.Check(t, func(r *rapid.T) {
		h := market(r)
		at := noon.Add(time.Duration(rapid.IntRange(0, 900).Draw(r, "after")) * time.Second)
		cut := rapid.IntRange(0, len(h)).Draw(r, "cut")
		shuffled, all := rapid.Permutation(h).Draw(r, "order"), h.ledger()
		e, part := NewEngine(c), shuffled[:cut].ledger()
		if err := errors.Join(e.Load(t.Context(), part, at), e.Recall(t.Context(), part, at)); err != nil {
			r.Fatal(err)
		}
		e.Observe(shuffled[cut:]...)
		if err := e.Recall(t.Context(), all, at); err != nil {
			r.Fatal(err)
		}
		got, want := e.Snapshot(at), compute(t, c, all, at)
		got.Took = 0
		if d := cmp.Diff(want, got); d != "" {
			r.Fatal(d)
		}
		for _, l := range got.Layers {
			alone := computeLayer(t, c, all, l.Layer, l.Window.Name, at)
			if d := cmp.Diff(l, alone); d != "" {
				r.Fatalf("alone: %s", d)
			}
		}
	})
}

// TestNothingIsEverNaN looks at every figure of random markets.
func TestNothingIsEverNaN(t *testing.T) {
	c := threeAndOne(t)
	rapid.Check(t, func(r *rapid.T) {
		for name, f := range figures(compute(t, c, market(r).ledger(), noon)) {
			if math.IsNaN(f.Value) || math.IsInf(f.Value, 0) || f.Known == (f.Reason != "") {
				r.Fatalf("%s: %+v", name, f)
			}
		}
	})
}
