package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

// similar is a note of so many bytes of which one in ten differs from all others.
func similar(i, length int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(i)))
	note := make([]byte, length)
	for n := range note {
		if note[n] = byte(n * n >> 3); n%10 == 0 {
			note[n] = byte(r.Uint32())
		}
	}
	return note
}

// entriesOf counts the notes of a store that stand alone, the blocks, and the bytes of all.
func entriesOf(t *testing.T, s *Store) (single, blocks, length int) {
	t.Helper()
	entries, err := s.noteEntries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		length += int(e.bytes)
		if isBlock(e.key) {
			blocks++
		} else {
			single++
		}
	}
	return single, blocks, length
}

func wantNote(t *testing.T, s *Store, at, noted time.Time, want []byte) {
	t.Helper()
	if got, note, err := s.Note(at); err != nil || !got.Equal(noted) || !bytes.Equal(note, want) {
		t.Errorf("at %s: %d bytes of %s, error %v, want %d of %s", at, len(note), got, err, len(want), noted)
	}
}

func TestTheNotesOfAnHourThatIsOverArePackedIntoOne(t *testing.T) {
	s := newStore(t)
	const minutes = 200
	at := func(i int) time.Time { return midnight.Add(time.Duration(i) * time.Minute) }
	for i := range minutes {
		if err := s.AppendNoted(at(i), []layers.Sample{sample("bittensor", "kraken", at(i), "400")}, similar(i, 5600)); err != nil {
			t.Fatal(err)
		}
	}
	// Midnight belongs to the hour before, as it does everywhere: so do all full hours.
	single, blocks, length := entriesOf(t, s)
	if single != 19 || blocks != 4 || length > 19*5620+181*1400 {
		t.Errorf("%d alone and %d blocks of %d bytes", single, blocks, length)
	}
	late := at(30).Add(30 * time.Second)
	for _, i := range []int{7, 30, minutes} { // of times that are there, and a new one
		if err := s.AppendNoted(at(i), nil, []byte("late")); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AppendNoted(late, nil, []byte("late")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // before and after the late one is packed too
		for i := range minutes {
			want := similar(i, 5600)
			wantNote(t, s, at(i), at(i), want)
			if i != 30 {
				wantNote(t, s, at(i).Add(59*time.Second), at(i), want)
			}
		}
		wantNote(t, s, at(30).Add(59*time.Second), late, []byte("late"))
		wantNote(t, s, late.Add(-1), at(30), similar(30, 5600))
		if err := s.AppendNoted(at(minutes+1), nil, []byte("next")); err != nil {
			t.Fatal(err)
		}
	}
	if single, blocks, _ := entriesOf(t, s); single != 21 || blocks != 5 {
		t.Errorf("%d alone and %d blocks with the late one", single, blocks)
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
		t.Errorf("scrub: %+v, %v", report, err)
	}
}

func TestNotesTakeNoMoreRoomThanTheyMay(t *testing.T) {
	s, err := Open(t.TempDir()+"/strata.db", Options{NoteBytes: 3 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(1, 2))
	newest := []byte(nil)
	for i := range 40 {
		newest = make([]byte, 300<<10)
		for n := range newest {
			newest[n] = byte(r.Uint32()) // what nothing can pack
		}
		if err := s.AppendNoted(midnight.Add(time.Duration(i)*time.Second), nil, newest); err != nil {
			t.Fatal(err)
		}
		if single, blocks, length := entriesOf(t, s); length > 3<<20+2*blockBytes || single > 5 {
			t.Fatalf("after %d: %d alone, %d blocks, %d bytes", i, single, blocks, length)
		}
	}
	wantNote(t, s, midnight.Add(time.Hour), midnight.Add(39*time.Second), newest)
	if _, _, err := s.Note(midnight.Add(20 * time.Second)); !errors.Is(err, ErrNoNote) {
		t.Errorf("of a note that had to go: %v", err)
	}
	if _, _, err := s.Note(midnight.Add(33 * time.Second)); err != nil {
		t.Error(err)
	}
}

func TestADamagedBlockCostsTheNotesInIt(t *testing.T) {
	s := newStore(t)
	at := func(i int) time.Time { return midnight.Add(time.Duration(i)*10*time.Minute + time.Minute) }
	for i := range 20 {
		if err := s.AppendNoted(at(i), nil, fmt.Append(nil, i)); err != nil {
			t.Fatal(err)
		}
	}
	key := blockKey(at(6).UnixMilli(), at(11).UnixMilli())
	err := s.db.Update(func(tx *bbolt.Tx) error {
		value := bytes.Clone(tx.Bucket(bucketNotes).Get(key))
		value[len(value)/2] ^= 1
		return tx.Bucket(bucketNotes).Put(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		_, note, err := s.Note(at(i).Add(time.Second))
		inside := i >= 6 && i <= 11
		if inside != errors.Is(err, ErrDamaged) || !inside && string(note) != fmt.Sprint(i) {
			t.Errorf("note %d: %q, %v", i, note, err)
		}
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || !slices.Equal(report.Damaged, []string{place(bucketNotes, key)}) {
		t.Errorf("scrub found %v, %v", report.Damaged, err)
	}
	between := at(8).Add(time.Minute)
	if err := s.AppendNoted(between, nil, []byte("between")); err != nil {
		t.Fatal(err)
	}
	wantNote(t, s, between, between, []byte("between"))
}

// TestABlockIsReadAsWhatItSaysOrNotAtAll: with a checksum that fits, whatever stands below it.
func TestABlockIsReadAsWhatItSaysOrNotAtAll(t *testing.T) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	key := blockKey(1000, 2000)
	bomb := binary.AppendUvarint(nil, 2)
	for _, n := range []uint64{0, 10, 1000, 20} {
		bomb = binary.AppendUvarint(bomb, n)
	}
	sound := seal(bucketNotes, key, encoder.EncodeAll(make([]byte, 30), bytes.Clone(bomb)))
	if err := scrubNote(key, sound); err != nil {
		t.Fatal(err)
	}
	for _, length := range []int{0, 29, 31, 64 << 20} {
		bad := seal(bucketNotes, key, encoder.EncodeAll(make([]byte, length), bytes.Clone(bomb)))
		if err := scrubNote(key, bad); !errors.Is(err, ErrDamaged) {
			t.Errorf("of %d bytes that are to be 30: %v", length, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		body := bytes.Clone(sound[:len(sound)-checksumSize])
		for range rapid.IntRange(1, 4).Draw(t, "flips") {
			body[rapid.IntRange(0, len(body)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		}
		body = body[:rapid.IntRange(0, len(body)).Draw(t, "length")]
		if err := scrubNote(key, seal(bucketNotes, key, body)); err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
	})
}
