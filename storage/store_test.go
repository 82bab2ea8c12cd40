package storage

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// midnight is a day boundary, so that generated times cross hours and days.
var midnight = time.Date(2026, 6, 22, 0, 0, 0, 0, time.UTC)

func openStore(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newStore(t testing.TB) *Store {
	t.Helper()
	return openStore(t, filepath.Join(t.TempDir(), "strata.db"))
}

func sample(token, source string, at time.Time, price string) layers.Sample {
	d, err := layers.ParseDecimal(price)
	if err != nil {
		panic(err)
	}
	return layers.Sample{Token: token, Source: source, Time: at, Price: d}
}

func mustAppend(t testing.TB, s *Store, samples ...layers.Sample) {
	t.Helper()
	if err := s.Append(samples); err != nil {
		t.Fatal(err)
	}
}

func mustImport(t testing.TB, s *Store, samples ...layers.Sample) int {
	t.Helper()
	added, err := s.Import(samples)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

// read collects what the store holds of a token.
func read(t testing.TB, s *Store, token string, span layers.Span) []layers.Sample {
	t.Helper()
	var got []layers.Sample
	for sample, err := range s.Samples(token, span) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, sample)
	}
	return got
}

// dayKey is the key of the raw segment that holds the first series at a time.
func dayKey(at time.Time) []byte { return segmentKey(Raw, Raw.spanOf(at.UnixMilli()), 0) }

// rowsLeft counts the rows that are not sealed yet.
func rowsLeft(t testing.TB, s *Store) int {
	t.Helper()
	return len(bucketOf(t, s, bucketCycles))
}

func TestSamplesComeBackInOrderOfTimeAndSourceWithEveryDigit(t *testing.T) {
	s := newStore(t)
	mustAppend(t, s,
		sample("ocean-protocol", "kraken", midnight, "0.7070"),
		sample("bittensor", "kraken", midnight, "318.21"),
		sample("ocean-protocol", "coingecko", midnight, "0.70699999999999996"))
	mustAppend(t, s, sample("ocean-protocol", "coingecko", midnight.Add(-time.Minute), "0.707"))
	want := []layers.Sample{
		sample("ocean-protocol", "coingecko", midnight.Add(-time.Minute), "0.707"),
		sample("ocean-protocol", "coingecko", midnight, "0.70699999999999996"),
		sample("ocean-protocol", "kraken", midnight, "0.7070"),
	}
	if diff := cmp.Diff(want, read(t, s, "ocean-protocol", layers.Span{})); diff != "" {
		t.Error(diff)
	}
	if got := read(t, s, "golem", layers.Span{}); got != nil {
		t.Errorf("a token that was never stored has samples: %v", got)
	}
}

func TestTheFirstValueWinsWhicheverWayItCame(t *testing.T) {
	at := midnight.Add(12 * time.Hour)
	first, second := sample("akash-network", "kraken", at, "1.5"), sample("akash-network", "kraken", at, "9")
	other := sample("akash-network", "gate", at, "1.6")
	later := func(s *Store) { mustAppend(t, s, sample("golem", "kraken", at.Add(2*time.Hour), "1")) }
	orders := map[string]func(s *Store){
		"append, append":            func(s *Store) { mustAppend(t, s, first); mustAppend(t, s, second, other) },
		"append, sealed, append":    func(s *Store) { mustAppend(t, s, first); later(s); mustAppend(t, s, second, other) },
		"append, import":            func(s *Store) { mustAppend(t, s, first); mustImport(t, s, second, other) },
		"append, sealed, import":    func(s *Store) { mustAppend(t, s, first); later(s); mustImport(t, s, second, other) },
		"import, append":            func(s *Store) { mustImport(t, s, first); mustAppend(t, s, second, other) },
		"import, append, sealed":    func(s *Store) { mustImport(t, s, first); mustAppend(t, s, second, other); later(s) },
		"import, import":            func(s *Store) { mustImport(t, s, first); mustImport(t, s, second, other) },
		"twice in one append":       func(s *Store) { mustAppend(t, s, first, second, other) },
		"twice in one import":       func(s *Store) { mustImport(t, s, first, second, other) },
		"append, import, sealed":    func(s *Store) { mustAppend(t, s, first); mustImport(t, s, second, other); later(s) },
		"same millisecond, finer":   func(s *Store) { mustAppend(t, s, first, other); mustAppend(t, s, finer(second)) },
		"import of the same, finer": func(s *Store) { mustAppend(t, s, first, other); mustImport(t, s, finer(second)) },
	}
	for order, write := range orders {
		s := newStore(t)
		write(s)
		if diff := cmp.Diff([]layers.Sample{other, first}, read(t, s, "akash-network", layers.Span{})); diff != "" {
			t.Errorf("%s:\n%s", order, diff)
		}
	}
}

func finer(s layers.Sample) layers.Sample {
	s.Time = s.Time.Add(999 * time.Microsecond)
	return s
}

func TestImportCountsWhatWasNew(t *testing.T) {
	s := newStore(t)
	mustAppend(t, s, sample("bittensor", "kraken", midnight, "300"))
	history := []layers.Sample{
		sample("bittensor", "kraken", midnight.Add(time.Hour), "302"),
		sample("bittensor", "kraken", midnight, "299"),
		sample("bittensor", "kraken", midnight.Add(-40*24*time.Hour), "250"),
		sample("bittensor", "kraken", midnight.Add(time.Hour), "303"),
	}
	if got := mustImport(t, s, history...); got != 2 {
		t.Errorf("first import added %d, want 2", got)
	}
	if got := mustImport(t, s, history...); got != 0 {
		t.Errorf("the same import again added %d, want 0", got)
	}
}

func TestASampleThatCannotBeKeptRefusesEverythingItCameWith(t *testing.T) {
	good := sample("bittensor", "kraken", midnight, "300")
	bad := map[string]layers.Sample{
		"sample refused: no token":                                                     {Source: "kraken", Time: midnight, Price: good.Price},
		"sample refused: no source for golem":                                          {Token: "golem", Time: midnight, Price: good.Price},
		"sample refused: price 0 of golem from kraken is not positive":                 {Token: "golem", Source: "kraken", Time: midnight},
		"sample refused: price -0.5 of golem from kraken is not positive":              sample("golem", "kraken", midnight, "-0.5"),
		"sample refused: time 0001-01-01 00:00:00 +0000 UTC of golem from kraken is":   {Token: "golem", Source: "kraken", Price: good.Price},
		"sample refused: time 10000-01-01 00:00:00 +0000 UTC of golem from kraken is ": sample("golem", "kraken", time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), "1"),
	}
	s := newStore(t)
	refuse := func(want string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one that says %q", err, want)
		}
	}
	for want, sample := range bad {
		refuse("append cycle: "+want, s.Append([]layers.Sample{good, sample}))
		_, err := s.Import([]layers.Sample{good, sample})
		refuse("import samples: "+want, err)
	}
	refuse("is not the cycle's", s.Append([]layers.Sample{good, sample("golem", "kraken", midnight.Add(time.Minute), "1")}))
	if list, _ := s.Series(); len(list) > 0 {
		t.Errorf("something was kept: %v", list)
	}
}

func TestSeriesAndStatsSayWhatIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	for i := range 130 {
		mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(time.Duration(i)*time.Minute), "300"),
			sample("bittensor", "gate", midnight.Add(time.Duration(i)*time.Minute), "301"))
	}
	mustImport(t, s, sample("bittensor", "kraken", midnight.Add(-time.Hour), "299"))
	want := []Series{
		{"bittensor", "gate", midnight, midnight.Add(129 * time.Minute), 130},
		{"bittensor", "kraken", midnight.Add(-time.Hour), midnight.Add(129 * time.Minute), 131},
	}
	verify := func(s *Store, cycles int) {
		t.Helper()
		if got, err := s.Series(); err != nil || !cmp.Equal(want, got) {
			t.Errorf("series %v, error %v, want %v", got, err, want)
		}
		got := s.Stats()
		if got.Samples != 261 || got.Series != 2 || got.Cycles != cycles || got.Format != 2 || got.FileBytes == 0 || got.Damaged != 0 {
			t.Errorf("stats %+v", got)
		}
	}
	verify(s, 130)
	if got := s.Stats(); !got.LastAppend.Equal(midnight.Add(129*time.Minute)) || got.LastAppendDuration <= 0 {
		t.Errorf("last append %v took %v", got.LastAppend, got.LastAppendDuration)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	verify(openStore(t, path), 0)
}

func TestRowsOfAnHourThatIsOverAreSealed(t *testing.T) {
	s := newStore(t)
	for i := range 3*60 + 2 {
		mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(-time.Hour).Add(time.Duration(i)*time.Minute), "300"))
	}
	if got := rowsLeft(t, s); got != 1 {
		t.Errorf("%d rows are left, want the 1 of the current hour", got)
	}
	if got := len(bucketOf(t, s, bucketSegments)); got != 1+2 {
		t.Errorf("%d segments, want one for the day that is over and 2 for the hours of the other", got)
	}
	if got := len(read(t, s, "bittensor", layers.Span{})); got != 182 {
		t.Errorf("%d samples, want 182", got)
	}
}

func TestAStoreOpenedForReadingRefusesWrites(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	mustAppend(t, s, sample("bittensor", "kraken", midnight, "300"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var readers [2]*Store // they share the file
	for i := range readers {
		r, err := Open(path, Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		readers[i] = r
	}
	if got := len(read(t, readers[1], "bittensor", layers.Span{})); got != 1 {
		t.Errorf("%d samples, want 1", got)
	}
	if err := readers[0].Append([]layers.Sample{sample("bittensor", "kraken", midnight, "300")}); err == nil || !strings.Contains(err.Error(), ErrReadOnly.Error()) {
		t.Errorf("append: %v, want %v", err, ErrReadOnly)
	}
}
