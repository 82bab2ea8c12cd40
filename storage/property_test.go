package storage

import (
	"iter"
	"maps"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

func TestAnySequenceOfWritesReadsBackAsAMapWouldHoldIt(t *testing.T) {
	forEver := Retention{Raw: -1, FiveMinutes: -1, Hours: -1}
	checkAgainstModel(t, forEver, func(t *rapid.T, m model, s *Store) { compare(t, m, s) })
}

func TestWhatHasExpiredReadsBackAsItsClosesWouldBe(t *testing.T) {
	short := Retention{Raw: day, FiveMinutes: 2 * day, Hours: -1}
	checkAgainstModel(t, short, compareExpired)
}

// checkAgainstModel writes what comes to mind to a store and to a model.
func checkAgainstModel(t *testing.T, keep Retention, compare func(*rapid.T, model, *Store)) {
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		path, opts := filepath.Join(dir, strconv.Itoa(round)), Options{Retention: keep}
		s := openUnsynced(t, path, opts)
		defer func() { _ = s.Close() }()
		if rapid.Bool().Draw(t, "two groups") {
			if _, err := s.Import(filler()); err != nil {
				t.Fatal(err)
			}
		}
		m := model{}
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				samples := rapid.SliceOfN(genSample(), 1, 6).Draw(t, "cycle")
				at := genTime().Draw(t, "at")
				for i := range samples {
					samples[i].Time = at
				}
				if err := s.Append(samples); err != nil {
					t.Fatal(err)
				}
				m.add(samples)
			},
			"import": func(t *rapid.T) {
				samples := rapid.SliceOfN(genSample(), 0, 40).Draw(t, "history")
				before := m.prices()
				m.add(samples)
				added, err := s.Import(samples)
				if err != nil || keep.Raw < 0 && added != m.prices()-before {
					t.Fatalf("import added %d, want %d, error %v", added, m.prices()-before, err)
				}
			},
			"replace": func(t *rapid.T) {
				samples := rapid.SliceOfN(genCorrection(), 0, 40).Draw(t, "corrections")
				before := maps.Clone(m)
				m.replace(samples)
				want := Imported{Added: len(m) - len(before), Prices: m.prices() - before.prices(), Replaced: m.unlike(before)}
				got, err := s.ImportWith(samples, ImportOptions{Replace: true})
				if err != nil || keep.Raw < 0 && got != want {
					t.Fatalf("import changed %+v, want %+v, error %v", got, want, err)
				}
			},
			"reopen": func(t *rapid.T) {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openUnsynced(t, path, opts)
			},
			"": func(t *rapid.T) { compare(t, m, s) },
		})
	})
}

// openUnsynced opens a store that does not wait for the disk, for tests that are not
// about that.
func openUnsynced(t *rapid.T, path string, opts Options) *Store {
	s, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	return s
}

// filler makes enough series for those that follow to lie in two groups.
func filler() []layers.Sample {
	samples := make([]layers.Sample, groupSize-8)
	for i := range samples {
		samples[i] = sample("filler-"+strconv.Itoa(i), "kraken", midnight, "1")
	}
	return samples
}

// collected returns what is read without an error.
func collected(t *rapid.T, read iter.Seq2[layers.Sample, error]) (samples []layers.Sample) {
	for sample, err := range read {
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, sample)
	}
	return samples
}

// compare holds a store that forgets nothing against the model, over a random span,
// at every resolution, and in its figures.
func compare(t *rapid.T, m model, s *Store) {
	span := genSpan().Draw(t, "span")
	q := Query{
		Token: "bittensor", Span: span,
		Source:     rapid.SampledFrom([]string{"", "", "kraken"}).Draw(t, "of"),
		Field:      rapid.SampledFrom([]string{FieldPrice, FieldVolume, FieldMarketCap}).Draw(t, "field"),
		Resolution: rapid.SampledFrom([]Resolution{Raw, FiveMinutes, Hours}).Draw(t, "resolution"),
	}
	want := m.at(q, func(int64) Resolution { return q.Resolution })
	if diff := cmp.Diff(want, collected(t, s.Read(q))); diff != "" {
		t.Fatalf("%+v:\n%s", q, diff)
	}
	counts := map[name]int{}
	for _, token := range []string{"bittensor", "ocean-protocol"} {
		if diff := cmp.Diff(m.read(token, span), collected(t, s.Samples(token, span))); diff != "" {
			t.Fatalf("%s in %v:\n%s", token, span, diff)
		}
		for source, points := range m.series(token, FieldPrice) {
			counts[name{token, source, FieldPrice}] = len(points)
		}
	}
	kept := map[name]int{}
	list, _ := s.Series()
	for _, series := range list {
		if !strings.HasPrefix(series.Token, "filler") {
			kept[name{series.Token, series.Source, FieldPrice}] = series.Count
		}
	}
	if !maps.Equal(counts, kept) {
		t.Fatalf("series count %v, want %v", kept, counts)
	}
}

// compareExpired holds a store that forgets against the model, given what it forgot.
func compareExpired(t *rapid.T, m model, s *Store) {
	var keep kept
	_ = s.view(func(tx *bbolt.Tx) error { keep = s.readKept(tx); return nil })
	span := genSpan().Draw(t, "span")
	for _, token := range []string{"bittensor", "ocean-protocol"} {
		want := m.at(Query{Token: token, Field: FieldPrice, Span: span}, func(millis int64) Resolution {
			switch before := time.UnixMilli(max(millis-1, 0)); {
			case before.Unix()/86400 >= int64(keep[Raw]):
				return Raw
			case before.Unix()/86400 >= int64(keep[FiveMinutes]):
				return FiveMinutes
			}
			return Hours
		})
		if diff := cmp.Diff(want, collected(t, s.Samples(token, span))); diff != "" {
			t.Fatalf("%s in %v, kept from %v:\n%s", token, span, keep, diff)
		}
		coarse := Query{Token: token, Span: span, Resolution: rapid.SampledFrom([]Resolution{FiveMinutes, Hours}).Draw(t, "resolution")}
		if begun := time.UnixMilli(coarse.Resolution.spanStart(keep[coarse.Resolution])).UTC(); span.From.Before(begun) {
			coarse.Span.From = begun
		}
		coarse.Field = FieldPrice
		want = m.at(coarse, func(int64) Resolution { return coarse.Resolution })
		if diff := cmp.Diff(want, collected(t, s.Read(coarse))); diff != "" {
			t.Fatalf("%+v, kept from %v:\n%s", coarse, keep, diff)
		}
	}
}
