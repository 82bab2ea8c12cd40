package storage

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// A page of the tree that leads back to itself would keep bbolt until its stack is full,
// and one that says it is as long as a disk would be freed with all that follows it.
func TestAFileWhoseTreeIsBrokenIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	branch, size := uint64(0), s.db.Info().PageSize
	err := s.db.Update(func(tx *bbolt.Tx) error {
		for n := range 1000 {
			if err := bucket(tx, bucketDamaged).Put(binary.BigEndian.AppendUint32(nil, uint32(n)), make([]byte, 200)); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		err = s.view(func(tx *bbolt.Tx) error {
			branch = uint64(bucket(tx, bucketDamaged).Root())
			return nil
		})
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	breaks := map[string]func(page []byte){
		"a circle":  func(page []byte) { binary.NativeEndian.PutUint64(page[pageHeaderSize+elementSize+8:], branch) },
		"too long":  func(page []byte) { binary.NativeEndian.PutUint32(page[12:], 1<<28) },
		"two pages": func(page []byte) { copy(page[pageHeaderSize+elementSize+8:][:8], page[pageHeaderSize+8:]) },
	}
	for what, spoil := range breaks {
		content := append([]byte(nil), whole...)
		spoil(content[branch*uint64(size):])
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{}); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v, want %v", what, err, ErrDamaged)
		}
	}
}
