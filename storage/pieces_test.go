package storage

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// minutes appends cycles of a sample of each of two tokens.
func minutes(t *testing.T, s *Store, from, to int) {
	t.Helper()
	for minute := from; minute < to; minute++ {
		at := midnight.Add(time.Duration(minute) * time.Minute)
		mustAppend(t, s, sample("bittensor", "kraken", at, "300"), sample("golem", "kraken", at, "0.3"))
	}
}

// pieceKey is the key of the piece of the first group that holds a minute.
func pieceKey(minute int) []byte {
	return segmentKey(pieces, pieces.spanOf(midnight.Add(time.Duration(minute)*time.Minute).UnixMilli()), 0)
}

// levelsOf counts segments by what their keys begin with.
func levelsOf(t *testing.T, s *Store) map[Resolution]int {
	t.Helper()
	count := map[Resolution]int{}
	for key := range bucketOf(t, s, bucketSegments) {
		count[Resolution(key[0])]++
	}
	return count
}

func TestPiecesAreMergedIntoTheirDayOnceSixHoursAreOver(t *testing.T) {
	s := newStore(t)
	s.db.NoSync = true
	minutes(t, s, 1, 6*60+1)
	if got := levelsOf(t, s); got[pieces] != 5 || got[Raw] != 0 {
		t.Errorf("before: %v, want 5 pieces", got)
	}
	minutes(t, s, 6*60+1, 6*60+3) // the first seals the sixth hour
	if got := levelsOf(t, s); got[pieces] != 0 || got[Raw] != 1 {
		t.Errorf("after: %v, want one day", got)
	}
	if got := len(read(t, s, "golem", layers.Span{})); got != 6*60+2 {
		t.Errorf("%d samples, want %d", got, 6*60+2)
	}
}

func TestImportedHistoryAndPiecesOfADayBecomeOneSegment(t *testing.T) {
	s := newStore(t)
	s.db.NoSync = true
	minutes(t, s, 1, 130)
	half := midnight.Add(90 * time.Second)
	if added := mustImport(t, s, sample("golem", "kraken", half, "0.4"), sample("golem", "kraken", midnight.Add(time.Minute), "9")); added != 1 {
		t.Errorf("%d added, want the one that was not there", added)
	}
	if got := levelsOf(t, s); got[pieces] != 0 || got[Raw] != 1 {
		t.Errorf("%v, want one day", got)
	}
	got := read(t, s, "golem", layers.Span{})
	if len(got) != 130 || got[0].Price.String() != "0.3" || !got[1].Time.Equal(half) {
		t.Errorf("%d samples, the first %v", len(got), got[:2])
	}
}

func TestADamagedPieceCostsItsHourAndIsSetAsideWhenItIsMerged(t *testing.T) {
	s := newStore(t)
	s.db.NoSync = true
	minutes(t, s, 1, 130)
	key := pieceKey(1)
	value := bucketOf(t, s, bucketSegments)[string(key)]
	value[len(value)-10] ^= 1 // in the last block, before the zeros at the end
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketSegments).Put(key, value) }); err != nil {
		t.Fatal(err)
	}
	if n, faults := faultsOf(s, "golem"); n != 129-60 || len(faults) != 1 || !errors.Is(faults[0], ErrDamaged) {
		t.Errorf("%d samples, errors %v", n, faults)
	}
	if n, faults := faultsOf(s, "bittensor"); n != 129 || len(faults) > 0 {
		t.Errorf("%d samples, errors %v", n, faults)
	}
	minutes(t, s, 6*60+1, 6*60+3)
	if n, faults := faultsOf(s, "golem"); n != 129-60+2 || len(faults) > 0 {
		t.Errorf("merged: %d samples, errors %v", n, faults)
	}
	if n, faults := faultsOf(s, "bittensor"); n != 131 || len(faults) > 0 {
		t.Errorf("merged: %d samples, errors %v", n, faults)
	}
	if aside := bucketOf(t, s, bucketDamaged); aside["segments\x00"+string(key)] == nil {
		t.Errorf("set aside: %v", aside)
	}
}

func TestAPieceThatIsMissingIsFoundAndTheOthersAreMerged(t *testing.T) {
	s := newStore(t)
	s.db.NoSync = true
	minutes(t, s, 1, 130)
	key := pieceKey(1)
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketSegments).Delete(key) }); err != nil {
		t.Fatal(err)
	}
	if n, faults := faultsOf(s, "golem"); n != 129-60 || len(faults) != 1 || !strings.Contains(faults[0].Error(), "segment is missing") {
		t.Errorf("%d samples, errors %v", n, faults)
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || !slices.Equal(report.Damaged, []string{place(bucketSegments, key)}) {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
	minutes(t, s, 6*60+1, 6*60+3)
	if n, faults := faultsOf(s, "golem"); n != 129-60+2 || len(faults) > 0 {
		t.Errorf("merged: %d samples, errors %v", n, faults)
	}
}
