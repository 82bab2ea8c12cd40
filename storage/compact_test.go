package storage_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"

	"strata/storage"
)

// emptied makes a store of which most pages are free: much was written into it and
// deleted again.
func emptied(t *testing.T) string {
	t.Helper()
	path := collected(t, 200)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	name := []byte("gone")
	err = db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucket(name)
		if err != nil {
			return err
		}
		return b.Put([]byte("much"), make([]byte, 20<<20))
	})
	err = errors.Join(err, db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(name) }), db.Close())
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompactGivesFreePagesBackAndChangesNothingElse(t *testing.T) {
	path := emptied(t)
	before := history(t, path)
	s := open(t, path)
	if !s.NeedsCompaction() {
		t.Error("a file that is mostly free pages needs no compaction")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var done, total int64
	if err := storage.Compact(path, func(d, of int64) { done, total = d, of }); err != nil {
		t.Fatal(err)
	}
	if done != total || total == 0 {
		t.Errorf("progress ended at %d of %d", done, total)
	}
	if info, _ := os.Stat(path); info.Size() > 4<<20 {
		t.Errorf("%d bytes are left", info.Size())
	}
	if diff := cmp.Diff(before, history(t, path)); diff != "" {
		t.Errorf("compacted (-before +after):\n%s", diff)
	}
	s = open(t, path)
	if s.NeedsCompaction() {
		t.Error("it needs compaction again")
	}
	if err := errors.Join(s.Append(minute(1000)), s.Close()); err != nil {
		t.Fatal(err)
	}
	alone(t, filepath.Dir(path), "strata.db")
}

func TestCompactLeavesAStoreInUseAlone(t *testing.T) {
	path := collected(t, 10)
	s := open(t, path)
	if err := storage.Compact(path, nil); !errors.Is(err, storage.ErrLocked) {
		t.Errorf("compacting a store in use: %v, want %v", err, storage.ErrLocked)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	alone(t, filepath.Dir(path), "strata.db")
	if err := storage.Compact(path+"x", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("compacting nothing: %v", err)
	}
}
