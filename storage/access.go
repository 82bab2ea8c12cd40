package storage

import (
	"bytes"
	"errors"
	"fmt"
	"runtime/debug"
	"syscall"

	"go.etcd.io/bbolt"
)

// The buckets.
var (
	bucketMeta     = []byte("meta")
	bucketSeries   = []byte("series")
	bucketCycles   = []byte("cycles")
	bucketSegments = []byte("segments")
	bucketDamaged  = []byte("damaged")
)

// buckets are those that every store has.
func buckets() [][]byte {
	return [][]byte{bucketMeta, bucketSeries, bucketCycles, bucketSegments, bucketDamaged}
}

// fillPercent packs pages tighter than bbolt's half, because keys mostly grow.
const fillPercent = 0.9

// guard runs fn, which touches the mapped file, and turns the panic or the fault of
// a damaged page into an error. Every access to the database goes through it.
func guard(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w page: %v", ErrDamaged, r)
		}
	}()
	return fn()
}

// view runs fn in a read transaction. fn copies out what it needs, a bounded amount,
// and leaves decoding for later.
func (s *Store) view(fn func(tx *bbolt.Tx) error) error {
	return guard(func() error { return s.db.View(fn) })
}

// update runs fn in a write transaction and returns once it is on the disk. The
// caller holds s.writing. What fn itself returns, or a page it stumbled over, only
// undoes the transaction. After a failed commit nothing is certain any more, and
// bbolt would go on regardless, so this store does not.
func (s *Store) update(fn func(tx *bbolt.Tx) error) error {
	if s.opts.ReadOnly {
		return ErrReadOnly
	}
	if s.failed != nil {
		return s.failed
	}
	committing := false
	err := guard(func() error {
		return s.db.Update(func(tx *bbolt.Tx) error {
			err := fn(tx)
			committing = err == nil
			return err
		})
	})
	if err != nil && committing {
		return s.commitFailed(err)
	}
	return err
}

// commitFailed tells a full disk, which bbolt takes back cleanly, from everything
// else.
func (s *Store) commitFailed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	s.failed = fmt.Errorf("%w: %w", ErrFailed, err)
	return s.failed
}

// bucket returns a bucket of a store that was found whole when it was opened.
func bucket(tx *bbolt.Tx, name []byte) *bbolt.Bucket {
	b := tx.Bucket(name)
	b.FillPercent = fillPercent
	return b
}

// quarantine moves a damaged value out of the way of a write. A value that is not
// in the way stays where it is.
func (s *Store) quarantine(tx *bbolt.Tx, from, key, value []byte, why error) error {
	_ = s.report(from, key, why) // the write goes on without it
	moved := bytes.Join([][]byte{from, key}, []byte{0})
	if err := bucket(tx, bucketDamaged).Put(moved, bytes.Clone(value)); err != nil {
		return fmt.Errorf("set damaged value aside: %w", err)
	}
	return bucket(tx, from).Delete(key)
}

// report notes a damaged value, once, and returns the error to hand on.
func (s *Store) report(bucket, key []byte, why error) error {
	err := fmt.Errorf("read %s/%x: %w", bucket, key, why)
	s.mu.Lock()
	defer s.mu.Unlock()
	at := string(bucket) + "/" + string(key)
	if !s.damaged[at] {
		s.damaged[at] = true
		s.log.Error("damaged value left out", "bucket", string(bucket), "key", fmt.Sprintf("%x", key), "error", why)
	}
	return err
}
