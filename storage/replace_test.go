package storage

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"strata/layers"
)

// A value is corrected wherever it stands: in a row of this hour, in one of an hour that
// is half sealed, in a segment and in the closes made of it.
func TestACorrectionReachesEveryPlaceOfAValue(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	if _, err := s.Import(filler()); err != nil { // so that there are two groups to seal
		t.Fatal(err)
	}
	at := func(minute int) time.Time { return midnight.Add(time.Duration(minute) * time.Minute) }
	var cycles, corrections []layers.Sample
	for minute := 1; minute <= 130; minute++ {
		var cycle []layers.Sample
		for _, token := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
			cycle = append(cycle, sample(token, "kraken", at(minute), "100"))
		}
		mustAppend(t, s, cycle...)
		cycles = append(cycles, cycle...)
	}
	hour := hourOf(at(130).UnixMilli())
	if err := s.sealPart(hour); err != nil || !s.sealing.under(hour) {
		t.Fatalf("the last hour is not half sealed: %+v, error %v", s.sealing, err)
	}
	for _, c := range cycles {
		c.Price = sample("", "", c.Time, "200").Price
		corrections = append(corrections, c)
	}
	replacing := ImportOptions{Replace: true}
	done, err := s.ImportWith(append(corrections, sample("a", "kraken", at(131), "300")), replacing)
	if want := (Imported{Added: 1, Prices: 1, Replaced: len(corrections)}); err != nil || done != want {
		t.Errorf("import changed %+v, error %v", done, err)
	}
	if done, err = s.ImportWith(corrections, replacing); err != nil || done != (Imported{}) {
		t.Errorf("again: %+v, error %v", done, err)
	}
	mustAppend(t, s, cycles[len(cycles)-10:]...) // an old cycle, sent again, does not win
	if err := errors.Join(s.Close(), Check(path)); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	for _, token := range []string{"b", "j"} {
		for r, want := range map[Resolution]int{Raw: 130, FiveMinutes: 26, Hours: 3} {
			n := 0
			for got, err := range s.Read(Query{Token: token, Resolution: r}) {
				if n++; err != nil || got.Price.String() != "200" {
					t.Fatalf("%s at %s: %v, error %v", token, r, got, err)
				}
			}
			if n != want {
				t.Errorf("%s: %d samples at %s, want %d", token, n, r, want)
			}
		}
	}
}

func TestOfEqualTimesTheLastCorrectionCounts(t *testing.T) {
	s := newStore(t)
	mustImport(t, s, sample("a", "kraken", midnight, "1"))
	two := []layers.Sample{sample("a", "kraken", midnight, "2"), sample("a", "kraken", midnight, "3")}
	done, err := s.ImportWith(two, ImportOptions{Replace: true})
	if got := read(t, s, "a", layers.Span{}); err != nil || done != (Imported{Replaced: 1}) || len(got) != 1 || got[0].Price.String() != "3" {
		t.Errorf("%v, %+v, error %v", got, done, err)
	}
}

func TestAClosePastItsResolutionCanBeCorrected(t *testing.T) {
	s := newStore(t)
	mustImport(t, s, sample("a", "kraken", midnight.Add(time.Minute), "1"), sample("a", "kraken", midnight.Add(2*time.Minute), "2"))
	for range 3 {
		s.expire(midnight.AddDate(0, 4, 0))
	}
	wrong := []layers.Sample{sample("a", "kraken", midnight.Add(time.Minute), "7"), sample("a", "kraken", midnight.Add(2*time.Minute), "8")}
	done, err := s.ImportWith(wrong, ImportOptions{Replace: true})
	got := read(t, s, "a", layers.Span{})
	if err != nil || done != (Imported{Replaced: 1}) || len(got) != 1 || got[0] != wrong[1] {
		t.Errorf("%v, %+v, error %v", got, done, err)
	}
}
