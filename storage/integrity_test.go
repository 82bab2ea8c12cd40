package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// sealed makes a store of many series and some sealed hours.
func sealed(t testing.TB) *Store {
	t.Helper()
	s := newStore(t)
	var history []layers.Sample
	for i := range 200 {
		history = append(history, cycleOf(i)...)
	}
	mustImport(t, s, history...)
	return s
}

// faultsOf reads a token and returns how many samples and which errors came.
func faultsOf(s *Store, token string) (samples int, faults []error) {
	for _, err := range s.Samples(token, layers.Span{}) {
		if err != nil {
			faults = append(faults, err)
			continue
		}
		samples++
	}
	return samples, faults
}

func TestADamagedBlockCostsOneSeries(t *testing.T) {
	s := sealed(t)
	key := dayKey(midnight.Add(time.Minute))
	value := bucketOf(t, s, bucketSegments)[string(key)]
	value[len(value)*3/4] ^= 1 // in a block: the directory is in front
	err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketSegments).Put(key, value) })
	if err != nil {
		t.Fatal(err)
	}
	hit := 0
	for k := range 40 {
		n, faults := faultsOf(s, "token-"+strconv.Itoa(k))
		if len(faults) == 0 && n == 200 {
			continue
		}
		hit++
		want := fmt.Sprintf("segments/%x series %d", key, k+1)
		if len(faults) != 1 || !errors.Is(faults[0], ErrDamaged) || !slices.Equal(s.Stats().DamagedNames, []string{want}) {
			t.Errorf("token %d: %d samples, errors %v, named %q, want %q", k, n, faults, s.Stats().DamagedNames, want)
		}
	}
	if hit != 1 {
		t.Errorf("%d series were hit, want 1", hit)
	}
}

func TestAMissingAForeignAndAnOlderSegmentAreFoundOutByReadingAndByScrubbing(t *testing.T) {
	key := dayKey(midnight.Add(time.Minute))
	other := segmentKey(FiveMinutes, spanOfKey(key), 0)
	changes := map[string]func(b *bbolt.Bucket, before []byte) error{
		"missing": func(b *bbolt.Bucket, _ []byte) error { return b.Delete(key) },
		"foreign": func(b *bbolt.Bucket, _ []byte) error { return b.Put(key, bytes.Clone(b.Get(other))) },
		"older":   func(b *bbolt.Bucket, before []byte) error { return b.Put(key, before) },
	}
	for name, change := range changes {
		s := sealed(t)
		before := bucketOf(t, s, bucketSegments)[string(key)]
		mustImport(t, s, cycleOf(200)...)
		if err := s.db.Update(func(tx *bbolt.Tx) error { return change(tx.Bucket(bucketSegments), before) }); err != nil {
			t.Fatal(err)
		}
		if n, faults := faultsOf(s, "token-7"); len(faults) != 1 || !errors.Is(faults[0], ErrDamaged) || n != 1 { // the one of midnight is of the day before
			t.Errorf("%s: %d samples, errors %v", name, n, faults)
		}
		report, err := s.Scrub(t.Context(), 0)
		if want := []string{place(bucketSegments, key)}; err != nil || !slices.Equal(report.Damaged, want) {
			t.Errorf("%s: scrub found %v, error %v, want %v", name, report.Damaged, err, want)
		}
	}
}

func TestADamagedManifestCostsNothing(t *testing.T) {
	s := sealed(t)
	spoil(t, s, bucketManifest, manifestKey(Raw, 0))
	for range 2 {
		if n, faults := faultsOf(s, "token-7"); n != 200 || len(faults) > 0 {
			t.Fatalf("%d samples, errors %v", n, faults)
		}
		mustImport(t, s, cycleOf(0)...)
	}
	mustImport(t, s, sample("golem", "kraken", midnight, "1")) // writes it anew
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
}

func TestAManifestThatIsMissingIsFoundByScrubbing(t *testing.T) {
	s := sealed(t)
	key := manifestKey(Raw, 0)
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketManifest).Delete(key) }); err != nil {
		t.Fatal(err)
	}
	report, err := s.Scrub(t.Context(), 0)
	if err != nil || len(report.Damaged) == 0 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
	if n, faults := faultsOf(s, "token-7"); n != 200 || len(faults) > 0 {
		t.Errorf("%d samples, errors %v", n, faults)
	}
}

func TestANameIsShortWhateverTheKey(t *testing.T) {
	if got := place(bucketCycles, make([]byte, 1<<20)); len(got) > 100 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestAScrubReadsEverythingAtTheRateItIsGiven(t *testing.T) {
	s := sealed(t)
	mustAppend(t, s, cycleOf(600)...)
	fast, err := s.Scrub(t.Context(), 0)
	stored := 0
	for _, name := range [][]byte{bucketSeries, bucketManifest, bucketSegments, bucketCycles} {
		stored += len(bucketOf(t, s, name))
	}
	if err != nil || fast.Values != stored || len(fast.Damaged) > 0 {
		t.Errorf("%+v, error %v, want %d values", fast, err, stored)
	}
	slow, err := s.Scrub(t.Context(), int(fast.Bytes)*5) // a fifth of a second
	if err != nil || slow.Took < 50*time.Millisecond {
		t.Errorf("took %v, error %v", slow.Took, err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := s.Scrub(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestAFileThatWasNotClosedIsUnclean(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	verify := func(when string, want bool) {
		t.Helper()
		if got, err := Unclean(path); err != nil || got != want {
			t.Errorf("%s: unclean %t, error %v", when, got, err)
		}
	}
	verify("missing", false)
	s := openStore(t, path)
	if _, err := Unclean(path); !errors.Is(err, ErrLocked) {
		t.Errorf("in use: %v, want %v", err, ErrLocked)
	}
	if err := s.db.Close(); err != nil { // as much as a kill leaves
		t.Fatal(err)
	}
	verify("killed", true)
	if err := openStore(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	verify("closed", false)
}

// 225 series over two days, twice the sealing of an hour included.
func TestNoTransactionTakesAQuarterOfASecond(t *testing.T) {
	s, m := newStore(t), newMarket(225)
	mustImport(t, s, m.day(0, 225)...)
	for minute := range 130 {
		mustAppend(t, s, m.cycle(24*60+minute)...)
	}
	for range s.Samples("token-3", layers.Span{}) {
	}
	stats := s.Stats()
	if stats.LongestTransaction > Allowed(250*time.Millisecond) || stats.OpenReaders != 0 || stats.OldestReader != 0 {
		t.Errorf("%+v", stats)
	}
	if err := s.view(func(*bbolt.Tx) error {
		if stats := s.Stats(); stats.OpenReaders != 1 || stats.OldestReader <= 0 {
			t.Errorf("inside a transaction %+v", stats)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
