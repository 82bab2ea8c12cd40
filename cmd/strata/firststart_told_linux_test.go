package main

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"strata/cmd/strata/internal/market"
	"strata/layers"
	"strata/storage"
)

// asked are the pieces of the past that the sources were asked for and that they answered.
func asked(town *market.Market) map[string][]market.Ask {
	all := map[string][]market.Ask{}
	for name, v := range town.Venues() {
		for _, c := range v.Calls() {
			if c.Ask.Interval > 0 && c.Status == 200 {
				all[name] = append(all[name], c.Ask)
			}
		}
	}
	return all
}

// checkAskedOnce wants nothing asked again that was answered before the kill, but for the call of
// each source that the kill cut off.
func checkAskedOnce(t *testing.T, before, all map[string][]market.Ask) {
	t.Helper()
	for name, asks := range all {
		known, again, fresh := before[name], 0, asks[len(before[name]):]
		for _, a := range fresh {
			if slices.ContainsFunc(known, func(b market.Ask) bool { return mostlyTheSame(a, b) }) {
				again++
				t.Logf("asked %s again for %s by %s, %s to %s", name, a.Tokens, a.Interval, a.Span.From.Format(time.DateTime), a.Span.To.Format(time.DateTime))
			}
		}
		t.Logf("%s: %d pieces of the past before the kill, %d after, %d of them again", name, len(known), len(fresh), again)
		if again > 1 {
			t.Errorf("%s was asked for %d pieces again, one at most was cut off", name, again)
		}
	}
}

// mostlyTheSame says whether two asks are for the same prices: they share more than half of the shorter one.
func mostlyTheSame(a, b market.Ask) bool {
	from, to := a.Span.From, a.Span.To
	if b.Span.From.After(from) {
		from = b.Span.From
	}
	if b.Span.To.Before(to) {
		to = b.Span.To
	}
	shorter := min(a.Span.To.Sub(a.Span.From), b.Span.To.Sub(b.Span.From))
	return a.Interval == b.Interval && slices.Equal(a.Tokens, b.Tokens) && to.Sub(from) > shorter/2
}

// checkNeverRefused wants every call to be answered, but for those that the kill cut off.
func checkNeverRefused(t *testing.T, town *market.Market) {
	t.Helper()
	for name, v := range town.Venues() {
		for _, c := range v.Calls() {
			if c.Status != 200 && c.Status != 0 {
				t.Errorf("%s answered %s at %s with %d", name, c.Path, c.At.Format(time.TimeOnly), c.Status)
			}
		}
	}
}

// checkTold wants every sample of a file to be what its source told of its very time, once.
func checkTold(t *testing.T, town *market.Market, path string, cycles []cycleLine) {
	t.Helper()
	store := openFile(t, path)
	defer store.Close()
	live := map[int64]bool{}
	for _, c := range cycles {
		live[c.At.UnixMilli()] = true
	}
	series, err := store.Series()
	if err != nil {
		t.Fatal(err)
	}
	checked, ofCycles := map[string]int{}, 0
	for _, s := range series {
		last := time.Time{}
		for sample, err := range store.Finest(storage.Query{Token: s.Token, Source: s.Source}) {
			if err != nil {
				t.Fatal(err)
			}
			if !sample.Time.After(last) {
				t.Errorf("%s at %s: two samples of %s", s.Token, s.Source, sample.Time)
			}
			last = sample.Time
			if live[sample.Time.UnixMilli()] {
				ofCycles++
			}
			checked[s.Source]++
			if fault := untold(town, sample, live[sample.Time.UnixMilli()]); fault != "" {
				t.Errorf("%s at %s, %s: %s", s.Token, s.Source, sample.Time.Format(time.RFC3339Nano), fault)
			}
		}
	}
	t.Logf("%v samples are what was told, %d of them live", checked, ofCycles)
}

// untold says what of a sample is not what its source told.
func untold(town *market.Market, s layers.Sample, live bool) string {
	want, err := town.Told(s.Source, s.Token, s.Time)
	if err != nil {
		return err.Error()
	}
	if s.Price.Cmp(want) == 0 && (live || town.Stamped(s.Source, s.Time)) {
		return ""
	}
	if live { // the cycle may have asked in the next minute
		if later, err := town.Told(s.Source, s.Token, s.Time.Add(20*time.Second)); err == nil && s.Price.Cmp(later) == 0 {
			return ""
		}
	}
	return fmt.Sprintf("stored %s, told %s; of a cycle: %v", s.Price, want, live)
}

// checkWhole wants the last month of every token that an exchange lists to be there without a hole
// that any number would feel.
func checkWhole(t *testing.T, path string) {
	t.Helper()
	store := openFile(t, path)
	defer store.Close()
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	listed := map[string]time.Time{} // by token, since when
	for _, exchange := range []string{"binance", "kraken", "okx", "kucoin", "gate", "coinbase"} {
		for _, l := range catalogue.Listings(exchange, now) {
			listed[l.Token] = l.Valid.From
		}
	}
	for token, since := range listed {
		span := layers.Span{From: now.AddDate(0, 0, -30).Add(2 * time.Hour)}
		if since.After(span.From) {
			span.From = since.Add(2 * time.Hour)
		}
		last := span.From
		for s, err := range store.Finest(storage.Query{Token: token, Span: span}) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Time.Sub(last) > 2*time.Hour {
				t.Errorf("%s: nothing between %s and %s", token, last, s.Time)
			}
			last = s.Time
		}
		if now.Sub(last) > 10*time.Minute {
			t.Errorf("%s: nothing since %s", token, last)
		}
	}
	t.Logf("the last month of %d tokens has no hole", len(listed))
}

func openFile(t *testing.T, path string) *storage.Store {
	t.Helper()
	store, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return store
}
