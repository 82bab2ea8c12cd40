package storage

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"go.etcd.io/bbolt"
)

// The buckets.
var (
	bucketMeta     = []byte("meta")
	bucketSeries   = []byte("series")
	bucketCycles   = []byte("cycles")
	bucketSegments = []byte("segments")
	bucketManifest = []byte("manifest")
	bucketCandles  = []byte("candles")
	bucketDamaged  = []byte("damaged")
	bucketLedger   = []byte("ledger")
	bucketNotes    = []byte("notes")
)

// buckets are those that every store has.
func buckets() [][]byte {
	return [][]byte{bucketMeta, bucketSeries, bucketCycles, bucketSegments, bucketManifest, bucketCandles, bucketDamaged}
}

// lateBuckets came after others of the same format: a store that is opened for writing
// makes them if they are missing, one that is opened for reading goes without.
func lateBuckets() [][]byte { return [][]byte{bucketLedger, bucketNotes} }

// fillPercent packs pages tighter than bbolt's half, because keys mostly grow.
const fillPercent = 0.9

// transactionBudget is after how long a transaction that could go on comes to its
// end. What it does next takes some milliseconds more.
const transactionBudget = 25 * time.Millisecond

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

// view runs fn in a read transaction. fn does a bounded amount of work, and copies
// out what it needs.
func (s *Store) view(fn func(tx *bbolt.Tx) error) error {
	defer s.gauge.reading()()
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
	if s.failed == nil {
		s.failed = s.replaced()
	}
	if s.failed != nil {
		return s.failed
	}
	defer s.gauge.writing()()
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

// replaced says whether the path leads to another file by now, or to none. What is
// written into a file without a name is lost with the process.
func (s *Store) replaced() error {
	info, err := os.Stat(s.path)
	if err == nil && !os.SameFile(info, s.file) {
		err = errors.New("it was replaced by another")
	}
	if err != nil {
		return fmt.Errorf("%w: the file %s is not there any more: %w", ErrFailed, s.path, explain(err))
	}
	return nil
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
	if err := s.setAside(tx, from, key, value, why); err != nil {
		return err
	}
	if bytes.Equal(from, bucketCycles) {
		if err := addRows(tx, -1); err != nil {
			return err
		}
	}
	return bucket(tx, from).Delete(key)
}

// setAside copies a damaged value to where it can be repaired, and reports it.
func (s *Store) setAside(tx *bbolt.Tx, from, key, value []byte, why error) error {
	_ = s.report(place(from, key), why) // the write goes on without it
	to := bytes.Join([][]byte{from, key}, []byte{0})
	if err := bucket(tx, bucketDamaged).Put(to, bytes.Clone(value)); err != nil {
		return fmt.Errorf("set damaged value aside: %w", err)
	}
	return nil
}

// keyShown is how much of a key people get to see: all of any sound one that is not of
// the ledger. Longer ones are told apart by a checksum of as much as a sound one can have.
const (
	keyShown = 20
	keyTold  = 2*(MaxName+1) + 3*8
)

// place names a value for people. The key of a damaged page may have any length.
func place(bucket, key []byte) string {
	if len(key) > keyShown {
		sum := crc32.ChecksumIEEE(key[:min(len(key), keyTold)])
		return fmt.Sprintf("%s/%x... of %d bytes, %08x", bucket, key[:keyShown], len(key), sum)
	}
	return fmt.Sprintf("%s/%x", bucket, key)
}

// errUnreachable says that a key is listed in its page, but is not found when it is
// looked for: a page above it is damaged.
var errUnreachable = fmt.Errorf("%w page: the value is there and cannot be reached", ErrDamaged)

// report notes a damaged value, once, and returns the error to hand on.
func (s *Store) report(place string, why error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.damaged[place] {
		s.damaged[place] = true
		s.log.Error("damaged value left out", "place", place, "error", why)
	}
	return fmt.Errorf("read %s: %w", place, why)
}
