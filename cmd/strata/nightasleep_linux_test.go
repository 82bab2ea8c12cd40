package main

import (
	"path/filepath"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

// A machine slept for six hours: the next start finds that nothing is known of them and
// fills them, from the source that told of the hours before, and asks for none of the
// others again. CoinGecko alone cannot be asked for less than a day.
func TestFirstStartAfterANightAsleepFillsTheGap(t *testing.T) {
	if *firstStart == 0 {
		return
	}
	const asleep = 6 * time.Hour
	town := openMarket(t)
	file := configAt(t, town, "backfill: {days: 2}\n")
	evening, morning := filepath.Join(t.TempDir(), "evening.db"), filepath.Join(t.TempDir(), "morning.db")
	p := start(t, "serve", "--config.file", file, "--storage.path", evening)
	p.await(2*time.Minute, "the past of two days", seldom(func() bool { return p.ready() && p.backfilled().Done > 150 }))
	p.stop()
	cut := time.Now().UTC().Add(-asleep).Truncate(5 * time.Minute)
	known := sleep(t, evening, morning, cut)
	before := asked(town)
	p = start(t, "serve", "--config.file", file, "--storage.path", morning)
	p.await(time.Minute, "readiness", p.ready)
	p.await(2*time.Minute, "the gap", seldom(func() bool { return p.backfilled().Done >= len(known) || !p.backfilled().Finished.IsZero() }))
	p.stop()
	checkTold(t, town, morning, p.cycles())
	checkFilled(t, morning, known, cut)
	for name, asks := range asked(town) {
		for _, a := range asks[len(before[name]):] {
			if a.Interval < time.Hour && known[a.Tokens[0]] == name && name != "coingecko" && a.Span.From.Before(cut.Add(-time.Hour)) {
				t.Errorf("%s was asked for %s from %s to %s, which was known", name, a.Tokens, a.Span.From, a.Span.To)
			}
		}
	}
}

// sleep copies what a file knows of the time before cut, as if the process had ended then. It returns
// the source from which the last hours of each token come.
func sleep(t *testing.T, from, to string, cut time.Time) (known map[string]string) {
	t.Helper()
	old := openFile(t, from)
	defer old.Close()
	young := openFile(t, to)
	defer young.Close()
	chunks, err := old.Chunks()
	if err != nil {
		t.Fatal(err)
	}
	known = map[string]string{}
	var left []storage.Chunk
	for _, c := range chunks {
		if c.Interval == 5*time.Minute && c.Status == "done" {
			known[c.Token] = c.Source
		}
		if c.Span.To.After(cut) {
			c.Span.To = cut
		}
		if c.Span.From.Before(c.Span.To) {
			left = append(left, c)
		}
	}
	var samples []layers.Sample
	for token := range known {
		for s, err := range old.Samples(token, layers.Span{To: cut.Add(time.Second)}) {
			if err != nil {
				t.Fatal(err)
			}
			samples = append(samples, s)
		}
	}
	if _, err := young.Import(samples); err != nil {
		t.Fatal(err)
	}
	if err := young.PutChunks(left); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d tokens known, %d samples and %d chunks until %s", len(known), len(samples), len(left), cut)
	return known
}

// checkFilled wants the hours after cut of every token to be there, from the source of the hours before.
func checkFilled(t *testing.T, path string, known map[string]string, cut time.Time) {
	t.Helper()
	store := openFile(t, path)
	defer store.Close()
	filled := 0
	for token, source := range known {
		last, longest := cut, time.Duration(0)
		for s, err := range store.Finest(storage.Query{Token: token, Source: source, Span: layers.Span{From: cut.Add(time.Second)}}) {
			if err != nil {
				t.Fatal(err)
			}
			last, longest = s.Time, max(longest, s.Time.Sub(last))
		}
		if longest = max(longest, time.Since(last)); longest > 30*time.Minute {
			t.Errorf("%s: nothing from %s for %s", token, source, longest)
			continue
		}
		filled++
	}
	t.Logf("the gap of %d tokens of %d is filled", filled, len(known))
}
