package storage

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// Check reads all of the file at path and says what is wrong with it: the head, the
// pages and the free list of bbolt, and the checksum of every value. Nothing is changed.
// Damage comes as one sentence that wraps [ErrDamaged], with the number of faults and
// the first of them; the other errors are those of [Open].
//
// Run it in a process of its own, with a timeout, where damage must not end the caller:
// bbolt looks at pages in a goroutine whose faults nobody can recover, and pages that
// lead to one another in a circle keep it for ever.
func Check(path string) error {
	if err := inspect(path); err != nil {
		return fmt.Errorf("check store %s: %w", path, err)
	}
	return nil
}

func inspect(path string) error {
	if err := readAhead(path); err != nil {
		return err
	}
	s, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		return errors.Unwrap(err) // the path is said already
	}
	var found findings
	found.add(s.touchPages())
	if found.count == 0 { // else what follows could end the process
		found.add(s.checkPages(&found))
		s.checkValues(&found)
	}
	return errors.Join(found.err(), s.Close())
}

// readAhead brings the file into memory from its begin to its end: bbolt then finds
// each page there instead of asking the disk for them one by one, in no order.
func readAhead(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return explain(err)
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{io.Discard}, file, make([]byte, 1<<20))
	return errors.Join(err, file.Close())
}

// touchPages reads every key and value once, with the faults of damaged pages caught.
func (s *Store) touchPages() error {
	return s.view(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(_ []byte, b *bbolt.Bucket) error {
			return b.ForEach(func(key, value []byte) error {
				_, _ = crc32.ChecksumIEEE(key), crc32.ChecksumIEEE(value)
				return nil
			})
		})
	})
}

// checkPages has bbolt check its tree and its list of free pages.
func (s *Store) checkPages(found *findings) error {
	return s.view(func(tx *bbolt.Tx) error {
		for err := range tx.Check() {
			found.add(fmt.Errorf("%w: %w", ErrDamaged, err))
		}
		return nil
	})
}

// checkValues holds everything against its checksums and the manifests. What was found
// when the store was opened, like a record that is missing, counts too.
func (s *Store) checkValues(found *findings) {
	_, err := s.Scrub(context.Background(), 0)
	found.add(err)
	for _, place := range s.Stats().DamagedNames {
		found.add(fmt.Errorf("%w value: %s", ErrDamaged, place))
	}
}

// findings counts what is wrong and keeps the first of it.
type findings struct {
	count int
	first error
}

func (f *findings) add(err error) {
	if err == nil {
		return
	}
	if f.count++; f.first == nil {
		f.first = err
	}
}

func (f *findings) err() error {
	if f.count < 2 {
		return f.first
	}
	return fmt.Errorf("%d faults, the first: %w", f.count, f.first)
}
