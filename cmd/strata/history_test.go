package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/collector"
	"strata/layers"
	"strata/storage"
)

func openStore(t *testing.T) *storage.Store {
	t.Helper()
	store, err := storage.Open(filepath.Join(t.TempDir(), "strata.db"), storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// What was collected live must not be taken for a gap, whether it is sealed already or not.
func TestWhatWasCollectedLiveIsSeenAtEveryInterval(t *testing.T) {
	store := openStore(t)
	begin := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	end := begin.Add(27*time.Hour + 13*time.Minute)
	for at := begin.Add(time.Minute); !at.After(end); at = at.Add(time.Minute) {
		sample := layers.Sample{Token: "bittensor", Source: "kraken", Time: at, Price: layers.Decimal{Coefficient: 215}}
		if err := store.Append([]layers.Sample{sample}); err != nil {
			t.Fatal(err)
		}
	}
	for interval, want := range map[time.Duration]int{5 * time.Minute: 27*12 + 3, time.Hour: 28, 24 * time.Hour: 28} {
		got := 0
		for _, err := range (past{store}).have("bittensor", interval, layers.Span{From: begin, To: end.Add(time.Minute)}) {
			if err != nil {
				t.Fatal(err)
			}
			got++
		}
		if got != want {
			t.Errorf("at %s there are %d samples, want %d", interval, got, want)
		}
	}
}

func TestTheLedgerComesBackAsItWasSaved(t *testing.T) {
	ledger := past{openStore(t)}
	day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	chunk := collector.Chunk{
		Source: "gate", Token: "bittensor", Interval: time.Hour, Span: layers.Span{From: day, To: day.AddDate(0, 0, 1)},
		Status: collector.ChunkFailed, Attempts: 2, Error: "no tether price", Tried: day.Add(time.Second),
	}
	if err := ledger.Save([]collector.Chunk{chunk}); err != nil {
		t.Fatal(err)
	}
	chunk.Status, chunk.Error, chunk.Attempts, chunk.Samples = collector.ChunkDone, "", 3, 24
	if err := ledger.Save([]collector.Chunk{chunk}); err != nil {
		t.Fatal(err)
	}
	got, err := ledger.Load()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]collector.Chunk{chunk}, got); diff != "" {
		t.Error(diff)
	}
}
