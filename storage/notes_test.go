package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

func TestTheNoteOfATimeIsTheNewestUpToIt(t *testing.T) {
	dir := t.TempDir()
	round := 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		path, opts := filepath.Join(dir, strconv.Itoa(round)), Options{KeepNotes: -1}
		s := openUnsynced(t, path, opts)
		defer func() { _ = s.Close() }()
		want := map[int64]string{}
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				at, note := genNoted().Draw(t, "at"), rapid.SliceOfN(rapid.Byte(), 0, 9000).Draw(t, "note")
				samples := rapid.SliceOfN(genSample(), 0, 2).Draw(t, "cycle")
				for i := range samples {
					samples[i].Time = at
				}
				if err := s.AppendNoted(at, samples, note); err != nil {
					t.Fatal(err)
				}
				if _, there := want[at.UnixMilli()]; !there {
					want[at.UnixMilli()] = string(note)
				}
			},
			"reopen": func(t *rapid.T) {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
				s = openUnsynced(t, path, opts)
			},
			"": func(t *rapid.T) {
				at, newest := genNoted().Draw(t, "of"), int64(-1)
				for millis := range want {
					if millis <= at.UnixMilli() {
						newest = max(newest, millis)
					}
				}
				noted, note, err := s.Note(at)
				if newest < 0 {
					if !errors.Is(err, ErrNoNote) {
						t.Fatalf("note of %v, error %v, want none", noted, err)
					}
					return
				}
				if err != nil || noted.UnixMilli() != newest || string(note) != want[newest] {
					t.Fatalf("note of %v, want that of %v, error %v", noted, time.UnixMilli(newest), err)
				}
			},
		})
	})
}

// genNoted draws times, most of them of a few hours, in any order.
func genNoted() *rapid.Generator[time.Time] {
	near := rapid.Map(rapid.IntRange(0, 3*3600), func(n int) time.Time { return midnight.Add(time.Duration(n) * time.Second) })
	return rapid.OneOf(near, near, genTime())
}

func TestACycleIsStoredWithItsNoteOrNotAtAll(t *testing.T) {
	s, at := newStore(t), midnight
	good := sample("bittensor", "kraken", at, "400")
	for name, err := range map[string]error{
		"a note too long": s.AppendNoted(at, []layers.Sample{good}, make([]byte, MaxNote+1)),
		"another time":    s.AppendNoted(at.Add(1), []layers.Sample{good}, []byte("note")),
		"no time":         s.AppendNoted(time.Time{}, nil, []byte("note")),
	} {
		if !errors.Is(err, ErrSample) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, _, err := s.Note(at.Add(day)); !errors.Is(err, ErrNoNote) || s.Stats().Samples > 0 {
		t.Errorf("error %v, %d samples", err, s.Stats().Samples)
	}
	if err := s.AppendNoted(at, []layers.Sample{good}, make([]byte, MaxNote)); err != nil {
		t.Fatal(err)
	}
	if _, note, err := s.Note(at); err != nil || len(note) != MaxNote || s.Stats().Samples != 1 {
		t.Errorf("note of %d bytes, error %v, %d samples", len(note), err, s.Stats().Samples)
	}
}

func TestOldNotesGoAndTheirSamplesStay(t *testing.T) {
	s := newStore(t)
	const cycles = 200
	for i := range cycles {
		at := midnight.Add(time.Duration(i) * time.Hour)
		if err := s.AppendNoted(at, []layers.Sample{sample("bittensor", "kraken", at, "400")}, []byte(strconv.Itoa(i))); err != nil {
			t.Fatal(err)
		}
	}
	kept := len(bucketOf(t, s, bucketNotes))
	if kept < 48 || kept > 48+2 {
		t.Errorf("%d notes are kept", kept)
	}
	if _, _, err := s.Note(midnight.Add(100 * time.Hour)); !errors.Is(err, ErrNoNote) {
		t.Errorf("error %v of a note that is gone", err)
	}
	if s.Stats().Samples != cycles {
		t.Errorf("%d samples", s.Stats().Samples)
	}
	err := s.AppendNoted(time.Now().AddDate(50, 0, 0), nil, []byte("of a clock gone wrong"))
	if left := len(bucketOf(t, s, bucketNotes)); err != nil || left < kept-expiredNotes {
		t.Errorf("%d notes of %d are left after a time far in the future, error %v", left, kept, err)
	}
}

func TestADamagedNoteIsSaidToBe(t *testing.T) {
	s, key := newStore(t), rowKey(midnight.UnixMilli())
	if err := s.AppendNoted(midnight, nil, []byte("note")); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketNotes).Put(key, []byte("noteXXXX")) }); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Note(midnight); !errors.Is(err, ErrDamaged) || s.Stats().Damaged != 1 {
		t.Errorf("error %v, %d damaged", err, s.Stats().Damaged)
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || !slices.Equal(report.Damaged, []string{place(bucketNotes, key)}) {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
	if err := s.AppendNoted(midnight, nil, []byte("again")); err != nil {
		t.Fatal(err)
	}
	if _, note, err := s.Note(midnight); err != nil || string(note) != "again" {
		t.Errorf("note %q, error %v", note, err)
	}
}

func TestADamagedPageOfNotesCostsNoCycle(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	for i := range 300 {
		if err := s.AppendNoted(cycleOf(i)[0].Time, cycleOf(i), make([]byte, 100)); err != nil {
			t.Fatal(err)
		}
	}
	root, size := uint64(0), int64(s.db.Info().PageSize)
	_ = s.db.View(func(tx *bbolt.Tx) error { root = uint64(tx.Bucket(bucketNotes).Root()); return nil })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteAt(binary.NativeEndian.AppendUint64(nil, root+1), int64(root)*size) // what it calls itself
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	for i := 300; i < 320; i++ {
		if err := s.AppendNoted(cycleOf(i)[0].Time, cycleOf(i), []byte("note")); err != nil {
			t.Fatal(err)
		}
	}
	if n, faults := faultsOf(s, "token-7"); n != 320 || len(faults) > 0 {
		t.Errorf("%d samples, errors %v", n, faults)
	}
	if _, _, err := s.Note(midnight); !errors.Is(err, ErrDamaged) {
		t.Errorf("error %v", err)
	}
}

// A file of the present format can be from before there was a ledger, and notes.
func TestAStoreWithoutALedgerOpensAndGetsOne(t *testing.T) {
	s := newStore(t)
	path := s.path
	mustAppend(t, s, cycleOf(0)...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket(bucketLedger), tx.DeleteBucket(bucketNotes))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s, err = Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	chunks, err := s.Chunks()
	_, _, none := s.Note(midnight)
	if err != nil || len(chunks) > 0 || !errors.Is(none, ErrNoNote) {
		t.Errorf("%v, errors %v and %v", chunks, err, none)
	}
	if err := errors.Join(s.Close(), Check(path)); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	if err := errors.Join(s.PutChunks([]Chunk{someChunk()}), s.AppendNoted(midnight, nil, []byte("note"))); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Close(), Check(path), Compact(path, nil)); err != nil {
		t.Fatal(err)
	}
	s = openStore(t, path)
	chunks, err = s.Chunks()
	_, note, noted := s.Note(midnight)
	if got := fmt.Sprintf("%d %d %s %v %v", s.Stats().Samples, len(chunks), note, err, noted); got != "40 1 note <nil> <nil>" {
		t.Error(got)
	}
}
