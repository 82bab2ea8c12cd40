package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// filled makes a store with rows and segments and returns its path and its bytes.
func filled(t testing.TB) (path string, content []byte) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	for i := range 600 {
		mustAppend(t, s, cycleOf(i)...)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return path, content
}

// refused opens a file that must be refused, in one sentence that names the path.
func refused(t *testing.T, path string, want error, words string) {
	t.Helper()
	s, err := Open(path, Options{})
	if err == nil {
		s.Close()
		t.Errorf("%s: opened, want %q", path, want)
		return
	}
	if !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "open store "+path+": ") ||
		!strings.Contains(err.Error(), words) || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q, want one line with %q and %q", err, want, words)
	}
}

func TestFilesThatAreNoStoreAreRefusedAndLeftAlone(t *testing.T) {
	contents := map[string][]byte{
		"text":        []byte(strings.Repeat("timestamp,price\n", 1000)),
		"zeros":       make([]byte, 64<<10),
		"short zeros": make([]byte, 100),
		"one byte":    {0},
	}
	for name, content := range contents {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		refused(t, path, ErrForeign, "give another path")
		if after, _ := os.ReadFile(path); !bytes.Equal(after, content) {
			t.Errorf("%s: was changed", name)
		}
	}
	refused(t, t.TempDir(), ErrForeign, "is a directory or device")
}

func TestAnEmptyFileIsNotTakenForANewStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, path, ErrEmpty, "restore it from a backup")
	if info, _ := os.Stat(path); info.Size() != 0 {
		t.Error("something was written into it")
	}
}

func TestABboltFileOfAnotherProgramIsRefusedAndLeftAlone(t *testing.T) {
	for _, noFreelist := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "other.db")
		db, err := bbolt.Open(path, 0o600, &bbolt.Options{NoFreelistSync: noFreelist})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("meta")); return err })
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadFile(path)
		refused(t, path, ErrForeign, "a bbolt file of another program")
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("no freelist %t: the file was changed", noFreelist)
		}
	}
}

func TestAFileOfANewerFormatIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketMeta).Put([]byte("format"), binary.BigEndian.AppendUint32(nil, format+1))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	refused(t, path, ErrNewer, "has format 3, this program knows up to 2")
}

func TestAFileCutOffAnywhereOpensWholeOrIsRefused(t *testing.T) {
	path, content := filled(t)
	whole := uint64(len(content))
	if meta, err := currentMeta(bytes.NewReader(content)); err == nil {
		whole = meta.pages * meta.pageSize
	}
	sizes := []int{1, 2, 15, 16, 19, 20, 79, 80, 100, 4095}
	for size := 512; size < len(content); size += 512 {
		sizes = append(sizes, size)
	}
	opened := 0
	for _, size := range sizes {
		if err := os.Truncate(path, 0); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, content[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if uint64(size) < whole {
			want, words := ErrDamaged, "restore it from a backup"
			if size < 20 {
				want, words = ErrForeign, "give another path"
			}
			refused(t, path, want, words)
			continue
		}
		if opened++; opened > 5 {
			continue // beyond its last page the file holds only room to grow
		}
		verifyCycles(t, path, 599)
	}
	if opened == 0 {
		t.Error("no size left the file whole: the test compares nothing")
	}
}

func TestADamagedHeadOrFreelistIsRefusedAndOneDamagedHeadIsNot(t *testing.T) {
	path, content := filled(t)
	meta, err := currentMeta(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	write := func(at ...uint64) {
		t.Helper()
		damaged := slices.Clone(content)
		for _, at := range at {
			damaged[at] ^= 0x55
		}
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(40, meta.pageSize+40)
	refused(t, path, ErrDamaged, "both copies of its head are broken")
	write(meta.freelist*meta.pageSize + 8)
	refused(t, path, ErrDamaged, "list of free pages is broken")
	write(meta.freelist*meta.pageSize + 16)
	refused(t, path, ErrDamaged, "list of free pages is broken")
	write(meta.root * meta.pageSize)
	refused(t, path, ErrDamaged, "root of its tree is broken")
	write(meta.transaction%2*meta.pageSize + 40) // the head before it is whole, one transaction older
	verifyCycles(t, path, 598)
}

func TestADamagedValueIsLeftOutAndTheRestIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	var log bytes.Buffer
	s, err := Open(path, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for day := range 3 {
		mustImport(t, s, sample("bittensor", "kraken", midnight.Add(time.Duration(day)*24*time.Hour), "300"))
	}
	mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(72*time.Hour+time.Minute), "301"))
	mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(72*time.Hour+2*time.Minute), "302"))
	spoil(t, s, bucketSegments, dayKey(midnight.AddDate(0, 0, 1)))
	spoil(t, s, bucketCycles, rowKey(midnight.Add(72*time.Hour+time.Minute).UnixMilli()))
	for range 2 {
		var prices []string
		var faults []error
		for sample, err := range s.Samples("bittensor", layers.Span{}) {
			if err != nil {
				faults = append(faults, err)
				continue
			}
			prices = append(prices, sample.Price.String())
		}
		if want := []string{"300", "300", "302"}; !slices.Equal(prices, want) {
			t.Errorf("prices %v, want %v", prices, want)
		}
		if len(faults) != 2 || !errors.Is(errors.Join(faults...), ErrDamaged) ||
			!strings.Contains(faults[0].Error(), fmt.Sprintf("read segments/%x: damaged value", dayKey(midnight.AddDate(0, 0, 1)))) {
			t.Errorf("errors %v, want one for the segment and one for the row", faults)
		}
	}
	if got := s.Stats().Damaged; got != 2 {
		t.Errorf("%d damaged values counted, want 2", got)
	}
	if got := strings.Count(log.String(), "damaged value left out"); got != 2 {
		t.Errorf("logged %d times, want once a value:\n%s", got, log.String())
	}
}

func TestADamagedValueInTheWayOfAWriteIsSetAside(t *testing.T) {
	s := newStore(t)
	mustImport(t, s, sample("bittensor", "kraken", midnight.Add(time.Minute), "300"))
	mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(time.Hour), "301"))
	segment, row := dayKey(midnight.Add(time.Hour)), rowKey(midnight.Add(time.Hour).UnixMilli())
	spoil(t, s, bucketSegments, segment)
	spoil(t, s, bucketCycles, row)
	mustImport(t, s, sample("bittensor", "kraken", midnight.Add(time.Second), "302"))
	mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(2*time.Hour), "303")) // seals the hour of the row
	if got := read(t, s, "bittensor", layers.Span{}); len(got) != 2 {
		t.Errorf("read %v, want the two samples that are whole", got)
	}
	aside := bucketOf(t, s, bucketDamaged)
	if aside["segments\x00"+string(segment)] == nil || aside["cycles\x00"+string(row)] == nil {
		t.Errorf("set aside: %v", aside)
	}
}

// spoil flips a bit in a stored value.
func spoil(t *testing.T, s *Store, from, key []byte) {
	t.Helper()
	err := s.db.Update(func(tx *bbolt.Tx) error {
		value := bytes.Clone(tx.Bucket(from).Get(key))
		value[len(value)/2] ^= 1
		return tx.Bucket(from).Put(key, value)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFullDiskIsToldFromABrokenOne(t *testing.T) {
	s := newStore(t)
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT} {
		if err := s.commitFailed(&fs.PathError{Op: "write", Path: "x", Err: full}); !errors.Is(err, ErrFull) || !errors.Is(err, full) {
			t.Errorf("%v became %v", full, err)
		}
	}
	mustAppend(t, s, sample("bittensor", "kraken", midnight, "300")) // goes on
	if err := s.commitFailed(&fs.PathError{Op: "sync", Path: "x", Err: syscall.EIO}); !errors.Is(err, ErrFailed) {
		t.Errorf("EIO became %v", err)
	}
	if err := s.Append(cycleOf(0)); !errors.Is(err, ErrFailed) {
		t.Errorf("after EIO append said %v, want %v", err, ErrFailed)
	}
	if got := len(read(t, s, "bittensor", layers.Span{})); got != 1 {
		t.Errorf("after EIO %d samples can be read, want 1", got)
	}
}

func TestAReaderThatTakesItsTimeHoldsNoTransaction(t *testing.T) {
	s := newStore(t)
	for i := range 1200 {
		mustAppend(t, s, cycleOf(i)...)
	}
	seen := 0
	for _, err := range s.Samples("token-7", layers.Span{}) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen%300 == 1 {
			if open := s.db.Stats().OpenTxN; open != 0 {
				t.Fatalf("%d transactions are open inside the loop", open)
			}
			grow(t, s, seen) // would deadlock if one were
		}
	}
	if seen != 1200 {
		t.Errorf("saw %d samples, want the 1200 of before", seen)
	}
	for range s.Samples("token-7", layers.Span{}) {
		break
	}
	if open := s.db.Stats().OpenTxN; open != 0 {
		t.Errorf("%d transactions are open after leaving the loop early", open)
	}
}

// grow imports other days until the file is longer than it was.
func grow(t *testing.T, s *Store, seed int) {
	t.Helper()
	before := s.Stats().FileBytes
	for day := seed; s.Stats().FileBytes == before; day++ {
		history := make([]layers.Sample, 0, 4000)
		for i := range 100 {
			for _, sample := range cycleOf(i) {
				sample.Time = sample.Time.AddDate(0, 0, 1+day)
				sample.Price.Coefficient = int64(day*i*7919 + 1)
				history = append(history, sample)
			}
		}
		mustImport(t, s, history...)
	}
}

func TestReadersSeeEverySampleOnceWhileRowsAreSealed(t *testing.T) {
	s := newStore(t)
	var writer sync.WaitGroup
	const cycles = 1100
	writer.Go(func() {
		for i := range cycles {
			if err := s.Append(cycleOf(i)); err != nil {
				t.Error(err)
			}
		}
	})
	for seen := 0; seen < cycles && !t.Failed(); {
		seen = 0
		for sample, err := range s.Samples("token-3", layers.Span{}) {
			if err != nil || sample != cycleOf(seen)[3] {
				t.Fatalf("sample %d: %v, error %v", seen, sample, err)
			}
			seen++
		}
	}
	writer.Wait()
}

func TestTwoProcessesMakingTheSameFileShareOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b", "strata.db")
	if err := create(path); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path)
	mustAppend(t, s, cycleOf(0)...)
	other := filepath.Join(filepath.Dir(path), "other")
	if err := initialise(other); err != nil {
		t.Fatal(err)
	}
	if err := publish(other, path); err != nil { // the other one saw no file a moment ago
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	verifyCycles(t, path, 0)
	if info, _ := os.Stat(filepath.Dir(path)); info.Mode().Perm() != 0o700 {
		t.Errorf("the directory has mode %v", info.Mode())
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the file has mode %v", info.Mode())
	}
}
