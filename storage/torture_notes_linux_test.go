package storage_test

import (
	"bytes"
	"errors"
	"strconv"
	"time"

	"strata/layers"
	"strata/storage"
)

// note is what stands beside cycle n: of very different lengths, some longer than a page.
func note(n int) []byte { return bytes.Repeat([]byte(strconv.Itoa(n)+" "), 1+n*n%1500) }

// chunk is the entry that import n leaves in the ledger.
func chunk(base time.Time, n int) storage.Chunk {
	return storage.Chunk{Source: "import", Token: importToken(n), Interval: importStep, Status: "done", Attempts: n, Samples: importSamples,
		Span: layers.Span{From: importTime(base, 0), To: importTime(base, importSamples)}, Tried: cycleTime(base, n)}
}

// notesKept is a little less than the store keeps notes for.
const notesKept = 47 * time.Hour

// readNotes wants the note of every cycle that is there and not long ago, and none of a
// cycle that is not.
func (c check) readNotes(s *storage.Store, f *findings, cycles map[int]int) {
	for n := 0; n <= c.Last+2; n++ {
		if !isCycle(n) || cycleTime(c.Base, c.Last).Sub(cycleTime(c.Base, n)) > notesKept {
			continue
		}
		at, got, err := s.Note(cycleTime(c.Base, n))
		here := err == nil && at.Equal(cycleTime(c.Base, n))
		switch {
		case err != nil && !errors.Is(err, storage.ErrNoNote):
			f.fault(err)
		case here && !bytes.Equal(got, note(n)):
			f.wrong(got, note(n))
		case here && cycles[n] == 0, !here && cycles[n] > 0:
			f.Lapsed++
		}
	}
}

// readLedger wants the entry of every import.
func (c check) readLedger(s *storage.Store, f *findings) {
	chunks, err := s.Chunks()
	if err != nil {
		f.fault(err)
	}
	found := map[string]bool{}
	for _, got := range chunks {
		n, err := strconv.Atoi(got.Token[len(importToken(0))-1:])
		if err != nil || got != chunk(c.Base, n) || n > c.Last+1 {
			f.wrong(got, chunk(c.Base, n))
		}
		found[got.Token] = true
	}
	for n := 0; n <= c.Last; n++ {
		if isImport(n) && !found[importToken(n)] {
			f.Lapsed++
		}
	}
}
