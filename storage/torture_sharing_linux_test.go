package storage_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

// Row 11. Whoever comes second is told so within two seconds, and takes nothing.
func TestTortureASecondProcessIsToldAtOnce(t *testing.T) {
	j := filled(t, 20)
	s, err := storage.Open(j.Path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	checks := newChecker(t)
	checks.ask(check{Path: t.TempDir() + "/other.db"}) // so that its start does not count
	began := time.Now()
	f := checks.ask(check{Path: j.Path})
	if took := time.Since(began); took > storage.Allowed(2*time.Second) || !strings.HasSuffix(f.Refused, storage.ErrLocked.Error()) {
		t.Errorf("after %s: refused with %q", took, f.Refused)
	}
	if err := do(s, j.Base, 20); err != nil {
		t.Error("the first one:", err)
	}
}

// Row 12. The file is replaced under the store, as by somebody who restores a backup
// without stopping the daemon. What is acknowledged from then on would be lost with the
// file that has no name any more, so nothing may be.
func TestTortureNothingIsAcknowledgedIntoAFileThatWasReplaced(t *testing.T) {
	replacements := map[string]func(path string) error{
		"moved away": func(path string) error { return os.Rename(path, path+".away") },
		"deleted":    os.Remove,
		"replaced": func(path string) error {
			content, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path+".copy", content, 0o600)
			}
			if err == nil {
				err = os.Rename(path+".copy", path)
			}
			return err
		},
	}
	for name, replace := range replacements {
		t.Run(name, func(t *testing.T) {
			j := filled(t, 20)
			s, err := storage.Open(j.Path, storage.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := replace(j.Path); err != nil {
				t.Fatal(err)
			}
			if err := do(s, j.Base, 20); err == nil {
				t.Error("a cycle was acknowledged that the next start will not find")
			}
		})
	}
}

// Row 13. A reader who takes for ever costs nobody anything: the file does not grow for
// it, and cycles take as long as without.
func TestTortureAStuckReaderHoldsNothing(t *testing.T) {
	alone, stuck := appendBeside(t, false), appendBeside(t, true)
	t.Logf("%d cycles: %+v; beside a stuck reader %+v", *tortureCommits, alone, stuck)
	if stuck.bytes > alone.bytes*5/4+1<<20 || stuck.pending > alone.pending+100 {
		t.Errorf("the file has %d bytes and %d pages that wait to be free beside a stuck reader, %d and %d without",
			stuck.bytes, stuck.pending, alone.bytes, alone.pending)
	}
	if stuck.readers != 0 || stuck.longest > storage.Allowed(250*time.Millisecond) {
		t.Errorf("%d readers hold a transaction, the longest took %s", stuck.readers, stuck.longest)
	}
	if stuck.slowest > alone.slowest+storage.Allowed(250*time.Millisecond) {
		t.Error("a cycle had to wait for the reader")
	}
}

type growth struct {
	bytes   int64
	pending int // pages
	readers int
	slowest time.Duration // cycle
	longest time.Duration // transaction
}

func appendBeside(t *testing.T, stuck bool) (g growth) {
	t.Helper()
	j := filled(t, 200)
	s, err := storage.Open(j.Path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	work := func() {
		for n := 200; n < 200+*tortureCommits; n++ {
			began := time.Now()
			if err := do(s, j.Base, n); err != nil {
				t.Fatal(err)
			}
			g.slowest = max(g.slowest, time.Since(began))
		}
	}
	measure := func() {
		stats := s.Stats()
		g.bytes, g.pending, g.readers, g.longest = stats.FileBytes, stats.PendingPages, stats.OpenReaders, stats.LongestTransaction
	}
	if !stuck {
		work()
		measure()
	} else {
		for range s.Samples(cycleToken(0), layers.Span{}) { // stuck with its first sample
			work()
			measure()
			break
		}
	}
	return g
}

// What another process leaves lying about under the names that the store uses does not
// get in its way, and is left alone.
func TestTortureLeftoversOfACreationDoNotMatter(t *testing.T) {
	j := newJob(t)
	left := []byte("half a file")
	mustWrite(t, j.Path+".new-123", left)
	if f := newChecker(t).ask(check{Path: j.Path, Base: j.Base, Last: -1, Go: true}); f.lossless() != "" {
		t.Error(f.lossless())
	}
	if !bytes.Equal(mustRead(t, j.Path+".new-123"), left) {
		t.Error("it was changed")
	}
}
