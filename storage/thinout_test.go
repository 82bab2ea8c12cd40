package storage

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// An odd minute of two hours each, in six groups of series, of which four expire at a
// time. What a kill would leave after a cycle is opened too.
func TestCoarseSamplesStayWhatTheyAreWhileFinerOnesExpire(t *testing.T) {
	const groups = 6
	opts := Options{Retention: Retention{Raw: 2 * day, FiveMinutes: 4 * day}}
	path := filepath.Join(t.TempDir(), "strata.db")
	s := thinning(t, path, opts)
	var history, fives, hours []layers.Sample // the latter of the first series
	for minute := 1; minute < 120; minute += 2 {
		for k := range groups * groupSize {
			history = append(history, sample("token-"+strconv.Itoa(k), "kraken", midnight.Add(time.Duration(minute)*time.Minute), strconv.Itoa(1000*(k+1)+minute)))
		}
		first := history[len(history)-groups*groupSize]
		if (minute-1)/5 != (minute+1)/5 {
			fives = append(fives, first)
		}
		if (minute-1)/60 != (minute+1)/60 {
			hours = append(hours, first)
		}
	}
	mustImport(t, s, history...)
	partly := map[Resolution]bool{}
	for number := 1; number <= 7; number++ {
		for minute := range 4 {
			mustAppend(t, s, sample("token-0", "gate", midnight.Add(time.Duration(number)*day+time.Duration(minute+1)*time.Minute), "1"))
			left := segmentsOf(t, s, dayOf(midnight.UnixMilli()+1))
			partly[Raw] = partly[Raw] || left[Raw] > 0 && left[Raw] < groups
			partly[FiveMinutes] = partly[FiveMinutes] || left[Raw] == 0 && left[FiveMinutes] > 0 && left[FiveMinutes] < groups
			killed := thinning(t, copied(t, path), opts)
			for _, s := range []*Store{s, killed} {
				for k := 0; k < groups*groupSize; k += groupSize {
					verifyCloses(t, s, k, Hours, hours)
					if left[FiveMinutes]+left[Raw] == groups {
						verifyCloses(t, s, k, FiveMinutes, fives)
					}
				}
			}
		}
	}
	if left := segmentsOf(t, s, dayOf(midnight.UnixMilli()+1)); !partly[Raw] || !partly[FiveMinutes] || left[Raw]+left[FiveMinutes] > 0 {
		t.Errorf("seen while expiring: %v, left %v", partly, left)
	}
	for _, of := range must(s.Series()) {
		if of.Source == "kraken" && of.Count != len(hours) {
			t.Errorf("%d samples of %s counted, want %d", of.Count, of.Token, len(hours))
		}
	}
}

// thinning opens a store that does not wait for the disk.
func thinning(t *testing.T, path string, opts Options) *Store {
	t.Helper()
	s, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	s.db.NoSync = true
	return s
}

// verifyCloses holds what is read of a series against the closes of the first one, whose
// prices are as much less as its number says.
func verifyCloses(t *testing.T, s *Store, k int, r Resolution, of []layers.Sample) {
	t.Helper()
	want := make([]layers.Sample, len(of))
	for i, sample := range of {
		sample.Token = "token-" + strconv.Itoa(k)
		sample.Price.Coefficient += int64(1000 * k)
		want[i] = sample
	}
	var got []layers.Sample
	for sample, err := range s.Read(Query{Token: "token-" + strconv.Itoa(k), Source: "kraken", Resolution: r}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, sample)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("token %d at %s:\n%s", k, r, diff)
	}
}

// segmentsOf counts the segments of a day by resolution.
func segmentsOf(t *testing.T, s *Store, day uint32) map[Resolution]int {
	t.Helper()
	count := map[Resolution]int{}
	for key := range bucketOf(t, s, bucketSegments) {
		if r := Resolution(key[0]); (r == Raw || r == FiveMinutes) && spanOfKey([]byte(key)) == day {
			count[r]++
		}
	}
	return count
}

// copied copies a file nobody writes to at the moment.
func copied(t *testing.T, path string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy.db")
	content, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(to, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
