package storage

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

func genChunk() *rapid.Generator[Chunk] {
	names := []string{"a", "kraken", "coin\xffgecko", strings.Repeat("x", MaxName)}
	return rapid.Custom(func(t *rapid.T) Chunk {
		from := rapid.Int64Range(0, maxMillis-1).Draw(t, "from")
		from = rapid.SampledFrom([]int64{0, midnight.UnixMilli(), from}).Draw(t, "some from")
		c := Chunk{
			Source:   rapid.SampledFrom(names).Draw(t, "source"),
			Token:    rapid.SampledFrom(names).Draw(t, "token"),
			Interval: rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour}).Draw(t, "interval"),
			Status:   rapid.SampledFrom([]string{"", "done", "failed"}).Draw(t, "status"),
			Attempts: rapid.IntRange(0, 1<<40).Draw(t, "attempts"),
			Error:    rapid.StringN(0, 100, 1000).Draw(t, "error"),
			Samples:  rapid.IntRange(0, 1<<40).Draw(t, "samples"),
		}
		c.Span.From = time.UnixMilli(from).UTC()
		c.Span.To = time.UnixMilli(from + rapid.Int64Range(1, maxMillis-from).Draw(t, "length")).UTC()
		if rapid.Bool().Draw(t, "tried") {
			c.Tried = midnight.Add(time.Duration(rapid.Int64Range(0, 1e6).Draw(t, "at")) * time.Millisecond)
		}
		return c
	})
}

func TestTheLedgerHoldsWhatAMapWould(t *testing.T) {
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		path := filepath.Join(dir, strconv.Itoa(round))
		s := openUnsynced(t, path, Options{})
		defer func() { _ = s.Close() }()
		want := map[string]Chunk{}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				chunks := rapid.SliceOfN(genChunk(), 0, 9).Draw(t, "chunks")
				if err := s.PutChunks(chunks); err != nil {
					t.Fatal(err)
				}
				for _, c := range chunks {
					want[string(chunkKey(c))] = c
				}
			},
			"delete": func(t *rapid.T) {
				gone := []Chunk{genChunk().Draw(t, "perhaps not there")}
				for _, key := range slices.Sorted(maps.Keys(want)) { // in an order that a failure can repeat
					if rapid.Bool().Draw(t, "goes") {
						gone = append(gone, want[key])
					}
				}
				if err := s.DeleteChunks(gone); err != nil {
					t.Fatal(err)
				}
				for _, c := range gone {
					delete(want, string(chunkKey(c)))
				}
			},
			"reopen": func(t *rapid.T) {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openUnsynced(t, path, Options{})
			},
			"": func(t *rapid.T) {
				got, err := s.Chunks()
				if err != nil {
					t.Fatal(err)
				}
				inOrder := slices.IsSortedFunc(got, func(a, b Chunk) int { return strings.Compare(a.Source, b.Source) })
				if diff := cmp.Diff(want, byKey(got)); diff != "" || !inOrder {
					t.Fatalf("in order %t:\n%s", inOrder, diff)
				}
			},
		})
	})
}

func byKey(chunks []Chunk) map[string]Chunk {
	m := map[string]Chunk{}
	for _, c := range chunks {
		m[string(chunkKey(c))] = c
	}
	return m
}

func someChunk() Chunk {
	return Chunk{Source: "kraken", Token: "bittensor", Interval: time.Hour, Status: "done",
		Span: layers.Span{From: midnight, To: midnight.Add(720 * time.Hour)}}
}

func TestAChunkThatCannotBeKeptRefusesAllItCameWith(t *testing.T) {
	s := newStore(t)
	for name, spoil := range map[string]func(*Chunk){
		"no source":        func(c *Chunk) { c.Source = "" },
		"a zero byte":      func(c *Chunk) { c.Token = "bit\x00tensor" },
		"a long token":     func(c *Chunk) { c.Token = strings.Repeat("x", MaxName+1) },
		"no end":           func(c *Chunk) { c.Span.To = time.Time{} },
		"no begin":         func(c *Chunk) { c.Span.From = time.Time{} },
		"ends at begin":    func(c *Chunk) { c.Span.To = c.Span.From },
		"a fine interval":  func(c *Chunk) { c.Interval = time.Microsecond },
		"negative samples": func(c *Chunk) { c.Samples = -1 },
	} {
		bad := someChunk()
		spoil(&bad)
		if err := s.PutChunks([]Chunk{someChunk(), bad}); !errors.Is(err, ErrChunk) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if chunks, err := s.Chunks(); err != nil || len(chunks) > 0 {
		t.Errorf("%v, error %v", chunks, err)
	}
}

func TestALongErrorIsCutOffBetweenCharacters(t *testing.T) {
	s, c := newStore(t), someChunk()
	c.Error = "x" + strings.Repeat("é", 600)
	if err := s.PutChunks([]Chunk{c}); err != nil {
		t.Fatal(err)
	}
	chunks, err := s.Chunks()
	if want := "x" + strings.Repeat("é", 511); err != nil || len(chunks) != 1 || chunks[0].Error != want {
		t.Errorf("%v, error %v", chunks, err)
	}
}

func TestADamagedChunkIsLeftOutAndSetAsideOnceItIsReplaced(t *testing.T) {
	s, sound, hit := newStore(t), someChunk(), someChunk()
	hit.Source = "coinbase"
	if err := s.PutChunks([]Chunk{sound, hit}); err != nil {
		t.Fatal(err)
	}
	key := chunkKey(hit)
	value := bucketOf(t, s, bucketLedger)[string(key)]
	value[1] ^= 1
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketLedger).Put(key, value) }); err != nil {
		t.Fatal(err)
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) != 1 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
	chunks, err := s.Chunks()
	if diff := cmp.Diff([]Chunk{sound}, chunks); err != nil || diff != "" || s.Stats().Damaged != 1 {
		t.Errorf("%d damaged, error %v:\n%s", s.Stats().Damaged, err, diff)
	}
	if err := s.PutChunks([]Chunk{hit}); err != nil {
		t.Fatal(err)
	}
	if chunks, err = s.Chunks(); err != nil || len(chunks) != 2 || len(bucketOf(t, s, bucketDamaged)) != 1 {
		t.Errorf("%v, error %v", chunks, err)
	}
}

func FuzzDecodeChunk(f *testing.F) {
	key := chunkKey(someChunk())
	f.Add(key, encodeChunk(key, someChunk()))
	f.Fuzz(func(t *testing.T, key, body []byte) {
		c, err := decodeChunk(key, seal(bucketLedger, key, slices.Clone(body)))
		if err == nil && string(chunkKey(c)) != string(key) {
			t.Errorf("%x is read as %+v", key, c)
		}
	})
}
