package storage

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"strata/layers"
)

// Three samples an hour over 12 days, two of them in the same 5 minutes.
func TestOldSamplesThinOutToTheirCloses(t *testing.T) {
	s := newStore(t)
	s.opts.Retention = Retention{Raw: 2 * day, FiveMinutes: 5 * day}
	s.db.NoSync = true
	var all []layers.Sample
	for hour := range 12 * 24 {
		at := midnight.Add(time.Duration(hour)*time.Hour + 31*time.Minute)
		all = append(all, sample("bittensor", "kraken", at, "300"), sample("bittensor", "kraken", at.Add(time.Minute), "301"),
			sample("bittensor", "kraken", at.Add(19*time.Minute), "302"))
	}
	for _, sample := range all {
		mustAppend(t, s, sample)
	}
	// The newest cycle is at 23:50 of the 12th day: raw of the 10th day on, closes of
	// 5 minutes of the 7th on.
	var want []layers.Sample
	for _, sample := range all {
		minute, number := sample.Time.Minute(), int(sample.Time.Sub(midnight)/day)+1
		if minute == 50 || number >= 7 && minute == 32 || number >= 10 {
			want = append(want, sample)
		}
	}
	if diff := cmp.Diff(want, read(t, s, "bittensor", layers.Span{})); diff != "" {
		t.Error(diff)
	}
	if list, _ := s.Series(); list[0].Count != len(want) {
		t.Errorf("%d samples counted, want %d", list[0].Count, len(want))
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
}

// The note of what has expired says at which resolution to read. Without it a time of
// which only closes are left must not read as one of which nothing was stored.
func TestWhatHasExpiredIsReadThoughTheNoteOfItIsLost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	s.opts.Retention = Retention{Raw: 2 * day, FiveMinutes: 5 * day}
	s.db.NoSync = true
	for hour := range 12 * 24 {
		mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(time.Duration(hour)*time.Hour+time.Minute), "300"))
	}
	want := read(t, s, "bittensor", layers.Span{})
	err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketMeta).Delete(metaKept) })
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]string{{place(bucketMeta, metaKept)}, nil} { // told once, and put right
		s := openStore(t, path)
		if diff := cmp.Diff(want, read(t, s, "bittensor", layers.Span{})); diff != "" {
			t.Error(diff)
		}
		if got := s.Stats().DamagedNames; !slices.Equal(got, damaged) {
			t.Errorf("damaged %q, want %q", got, damaged)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestATimeFarInTheFutureExpiresNothing(t *testing.T) {
	s := newStore(t)
	now := time.Now().UTC().Truncate(time.Minute)
	mustAppend(t, s, sample("bittensor", "kraken", now.Add(-time.Hour), "300"))
	mustAppend(t, s, sample("bittensor", "kraken", now.Add(-time.Hour+time.Minute), "301"))
	for year := range 5 {
		mustAppend(t, s, sample("bittensor", "kraken", now.AddDate(100+year, 0, 0), "1"))
	}
	if got := len(read(t, s, "bittensor", layers.Span{})); got != 7 {
		t.Errorf("%d samples, want 7", got)
	}
}
