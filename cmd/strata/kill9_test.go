package main

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

var killRounds = flag.Int("kill9.rounds", 2, "how often TestKill9 kills the process")

// The process is killed at any moment, again and again. Every cycle that its log has
// acknowledged must be in the file, whole, and the next start must be ready within a second.
func TestKill9LosesNoAcknowledgedCycle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	var acknowledged []cycleLine
	for round := range *killRounds {
		p := start(t, "demo", "--storage.path", path, "--speed", "60")
		took := p.await(30*time.Second, "readiness", p.ready)
		if limit := allowed(time.Second); round > 0 && took > limit {
			t.Errorf("round %d: ready after %s, want at most %s", round, took, limit)
		}
		p.await(30*time.Second, "a cycle", func() bool { return len(p.cycles()) > 0 })
		// A cycle comes every second at this speed: the kill falls anywhere between two.
		timer := time.NewTimer(rand.N(1500 * time.Millisecond))
		<-timer.C
		p.kill()
		acknowledged = append(acknowledged, p.cycles()...)
	}
	checkStored(t, path, acknowledged)
	t.Logf("%d rounds, %d cycles acknowledged, none lost", *killRounds, len(acknowledged))
}

func checkStored(t *testing.T, path string, acknowledged []cycleLine) {
	t.Helper()
	store, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	series, err := store.Series()
	if err != nil {
		t.Fatal(err)
	}
	stored := map[int64]int{}
	tokens := map[string]bool{}
	for _, s := range series {
		tokens[s.Token] = true
	}
	for token := range tokens {
		for sample, err := range store.Samples(token, layers.Span{}) {
			if err != nil {
				t.Fatal(err)
			}
			stored[sample.Time.UnixMilli()]++
		}
	}
	for _, c := range acknowledged {
		if stored[c.At.UnixMilli()] < c.Stored {
			t.Errorf("lost: %s acknowledged, %d found", c, stored[c.At.UnixMilli()])
		}
	}
}
