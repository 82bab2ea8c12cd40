package risk

import (
	"context"
	"errors"
	"iter"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

func TestAnEngineHasNoSnapshotBeforeTheFirst(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	if e.Latest() != nil {
		t.Error("a snapshot from nothing")
	}
	s := e.Snapshot(noon)
	if e.Latest() != s {
		t.Error("the newest snapshot is not kept")
	}
}

func TestSnapshotsAreOrderedByLayerTokenAndWindow(t *testing.T) {
	s := NewEngine(threeAndOne(t)).Snapshot(noon)
	var got []string
	for _, l := range s.Layers {
		got = append(got, l.Layer+" "+l.Window.Name)
	}
	for _, r := range s.Tokens[:5] {
		got = append(got, r.Token+" "+r.Window.Name)
	}
	for _, p := range s.Prices {
		got = append(got, p.Token)
	}
	want := []string{
		"alpha 1h", "alpha 24h", "alpha 7d", "alpha 30d", "beta 1h", "beta 24h", "beta 7d", "beta 30d",
		"aaa 1h", "aaa 24h", "aaa 7d", "aaa 30d", "bbb 1h", "aaa", "bbb", "ccc", "ddd",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestANumberStaysUntilItsCoverageIsClearlyBelowTheMinimum goes down through the
// band between 0.75 and 0.80 and up again.
func TestANumberStaysUntilItsCoverageIsClearlyBelowTheMinimum(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	covered := func(intervals int) past { // of 288, with a gap in the middle of the window
		from := noon.Add(-12*time.Hour + time.Second)
		return everyFive(4).without("", from, from.Add(time.Duration(288-intervals)*5*time.Minute))
	}
	published := func(intervals int, previous *Snapshot) *Snapshot {
		e := NewEngine(c)
		e.latest.Store(previous)
		e.Observe(covered(intervals)...)
		return e.Snapshot(noon)
	}
	known := func(s *Snapshot) bool { r, _ := s.Token("aaa", "24h"); return r.Volatility.Known }

	full := published(288, nil)
	band := published(216, full) // 0.75
	below := published(215, band)
	again := published(216, below)
	if !known(full) || !known(band) {
		t.Error("withdrawn inside the band")
	}
	if known(below) || known(again) {
		t.Error("published below the band, or inside it from below")
	}
	r, _ := below.Token("aaa", "24h")
	if want := "coverage 0.74 is below 0.75"; r.Volatility.Reason != want {
		t.Errorf("reason %q, want %q", r.Volatility.Reason, want)
	}
	if known(compute(t, c, covered(216), noon)) {
		t.Error("Compute remembers")
	}
}

// brokenHistory fails for one token after a few samples.
type brokenHistory struct{ past }

var errDamaged = errors.New("segment is damaged")

func (h brokenHistory) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for s := range h.past.Samples(token, span) {
			if !yield(s, nil) {
				return
			}
		}
		if token == "bbb" {
			yield(layers.Sample{}, errDamaged)
		}
	}
}

func TestADamagedTokenCostsThatTokenOnlyWhenLoading(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	err := e.Load(t.Context(), brokenHistory{threeAndOneMonth()}, noon)
	if !errors.Is(err, errDamaged) || err.Error() != "read history of bbb: segment is damaged" {
		t.Errorf("got %v", err)
	}
	if r, _ := e.Snapshot(noon).Token("ccc", "30d"); !r.Volatility.Known {
		t.Errorf("ccc was not loaded: %s", r.Volatility.Reason)
	}
}

func TestComputingFromADamagedHistoryFails(t *testing.T) {
	c, h := threeAndOne(t), brokenHistory{threeAndOneMonth()}
	if _, err := Compute(t.Context(), c, h, noon); !errors.Is(err, errDamaged) {
		t.Errorf("got %v", err)
	}
	if _, err := ComputeLayer(t.Context(), c, h, "alpha", Windows[1], noon); !errors.Is(err, errDamaged) {
		t.Errorf("got %v", err)
	}
	if _, err := ComputeLayer(t.Context(), c, h, "beta", Windows[1], noon); err != nil {
		t.Errorf("beta has no damaged member: %v", err)
	}
}

func TestUnknownNamesAndCancelledContextsAreErrors(t *testing.T) {
	c := threeAndOne(t)
	if _, err := ComputeLayer(t.Context(), c, past{}, "gamma", Windows[0], noon); err == nil || err.Error() != `unknown layer "gamma"` {
		t.Errorf("got %v", err)
	}
	if _, err := ComputeToken(t.Context(), c, past{}, "zzz", Windows[0], noon); err == nil || err.Error() != `unknown token "zzz"` {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compute(ctx, c, past{}, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if err := NewEngine(c).Load(ctx, past{}, noon); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestSamplesAfterTheInstantAreIgnoredByCompute(t *testing.T) {
	c, h := threeAndOne(t), threeAndOneMonth()
	at := noon.Add(-7*time.Hour - 11*time.Minute)
	want := compute(t, c, h.without("", at.Add(1), noon.Add(1)), at)
	if d := cmp.Diff(want, compute(t, c, h, at)); d != "" {
		t.Error(d)
	}
}

// TestAnEngineThatRanForMonthsKnowsWhatANewOneKnows lets the rings turn over twice.
func TestAnEngineThatRanForMonthsKnowsWhatANewOneKnows(t *testing.T) {
	c := threeAndOne(t)
	var h past
	for i, slug := range []string{"aaa", "bbb", "ccc"} {
		h = append(h, quotes(slug, "one", noon.AddDate(0, 0, -70), noon, 10*time.Minute, walk(uint64(i)))...)
	}
	h = append(h, quotes("aaa", "gone", noon.AddDate(0, 0, -70), noon.AddDate(0, 0, -40), time.Hour, walk(8))...)
	h = append(h, quotes("ddd", "one", noon.AddDate(0, 0, -70), noon, time.Hour, func(int) int64 { return 5e5 })...)
	old, young := NewEngine(c), NewEngine(c)
	old.Observe(h.sorted()...)
	if err := young.Load(t.Context(), h, noon); err != nil {
		t.Fatal(err)
	}
	want, got := old.Snapshot(noon), young.Snapshot(noon)
	want.Took, got.Took = 0, 0
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestTheOldestPriceThatCountsIsRemembered puts the price before the window as early
// as the tolerance allows, and looks as late after the last step as possible.
func TestTheOldestPriceThatCountsIsRemembered(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	for _, w := range Windows[1:] {
		at := noon.Add(w.LayerStep - time.Second)
		g := gridAt(at, w.Span, w.LayerStep)
		oldest := g.time(0).Add(-Tolerance(w.LayerStep))
		h := append(quotes("aaa", "one", oldest.Add(-time.Minute), oldest, time.Minute, walk(1)),
			quotes("aaa", "one", g.time(0), at, time.Minute, walk(2))...)
		e := NewEngine(c)
		e.Observe(h...)
		got, _ := e.Snapshot(at).Layer("alpha", w.Name)
		alone := computeLayer(t, c, h, "alpha", w.Name, at)
		if got.ValidSteps != g.n || alone.ValidSteps != g.n {
			t.Errorf("%s: engine %d, alone %d valid steps, want %d", w.Name, got.ValidSteps, alone.ValidSteps, g.n)
		}
	}
}

func TestASampleOfAnUnknownTokenOrWithoutAPriceIsIgnored(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	e.Observe(
		layers.Sample{Token: "zzz", Source: "one", Time: noon, Price: layers.Decimal{Coefficient: 1}},
		layers.Sample{Token: "aaa", Source: "one", Time: noon, Price: layers.Decimal{Coefficient: 0}},
		layers.Sample{Token: "aaa", Source: "one", Time: noon, Price: layers.Decimal{Coefficient: -1}},
		layers.Sample{Token: "aaa", Source: "one", Time: time.Time{}, Price: layers.Decimal{Coefficient: 1}},
	)
	s := e.Snapshot(noon)
	if _, ok := s.Price("zzz"); ok {
		t.Error("a price of an unknown token")
	}
	if p, _ := s.Price("aaa"); p.Known || p.Reason != "no sample in the last 30 days" {
		t.Errorf("got %+v", p)
	}
}

func TestManyMayObserveAndAskAtOnce(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() { e.Observe(quotes("aaa", "one", noon.Add(-time.Hour), noon, time.Minute, walk(uint64(i)))...) })
		all.Go(func() { e.Snapshot(noon) })
		all.Go(func() { _ = e.Latest() })
	}
	all.Wait()
	if e.Latest() == nil {
		t.Error("no snapshot")
	}
}
