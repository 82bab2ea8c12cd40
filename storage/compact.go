package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// Bounds of [Store.NeedsCompaction]: the share of free pages, one in so many, and the
// bytes from which on it is worth anybody's while.
const (
	freeShare     = 4
	worthCompact  = 16 << 20
	compactCommit = 8 << 20  // bytes a transaction writes, which it holds in memory
	compactSpare  = 16 << 20 // bytes to leave to others beside the new file
)

// NeedsCompaction says whether more than a quarter of the file is free pages. They are
// used again, but each commit writes their list anew. A file below 16 MiB never needs
// it, and of a store opened for reading it is not known.
func (s *Store) NeedsCompaction() bool {
	stats := s.Stats()
	pages := stats.FileBytes / int64(s.db.Info().PageSize)
	return stats.FileBytes >= worthCompact && int64(stats.FreePages)*freeShare > pages
}

// Compact rewrites the store at path without its free pages, packed tight. Nobody may
// have it open; [ErrLocked] says so. The new file takes the place of the old one once it
// is on the disk and [Check] has found it sound; until then, and after an error, the old
// one stays. It needs room for both, and returns [ErrFull] at once when there is none.
// progress, if not nil, is told about how many bytes were written of those to write.
func Compact(path string, progress func(done, total int64)) error {
	if err := compact(path, progress); err != nil {
		return fmt.Errorf("compact store %s: %w", path, err)
	}
	return nil
}

func compact(path string, progress func(done, total int64)) (err error) {
	before, err := os.Stat(path)
	if err != nil {
		return explain(err)
	}
	s, err := Open(path, Options{})
	if err != nil {
		return errors.Unwrap(err) // the path is said already
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
		return fmt.Errorf("was replaced a moment ago: %w", ErrLocked)
	}
	if err := s.roomToPack(); err != nil {
		return err
	}
	return replaceFile(path, func(file *os.File) error { return s.packInto(file, progress) }, nil)
}

// UsedBytes returns how much of the file holds something: about how long [Compact] would
// make it.
func (s *Store) UsedBytes() int64 {
	stats := s.Stats()
	return max(stats.FileBytes-int64(stats.FreePages)*int64(s.db.Info().PageSize), 0)
}

// roomToPack says that there is no room for a second, packed file, where that is known.
func (s *Store) roomToPack() error {
	need := s.UsedBytes() + compactSpare
	if room, known := roomIn(filepath.Dir(s.path)); known && room < need {
		return fmt.Errorf("%w: the new file takes up to %d bytes, %d are there", ErrFull, need, room)
	}
	return nil
}

// packInto writes the store anew into an empty file.
func (s *Store) packInto(file *os.File, progress func(done, total int64)) error {
	stop := s.watch(file, progress)
	defer stop()
	packed, err := bbolt.Open(file.Name(), 0, &bbolt.Options{
		Timeout:      defaultLockTimeout,
		FreelistType: bbolt.FreelistMapType,
		NoSync:       true, // until the end: nobody sees the file before
	})
	if err != nil {
		return err
	}
	packed.AllocSize = allocation
	err = guard(func() error { return bbolt.Compact(packed, s.db, compactCommit) })
	if err = errors.Join(err, packed.Sync(), packed.Close()); err != nil {
		return err
	}
	return settle(file.Name())
}

// settle opens and closes a store, which brings it up to date and says in it that it
// was closed in good order.
func settle(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	if s.Stats().Damaged > 0 {
		err = fmt.Errorf("%w: %d values cannot be read", ErrDamaged, s.Stats().Damaged)
	}
	return errors.Join(err, s.Close())
}

// watch tells progress how long the file has become, until it is stopped.
func (s *Store) watch(file *os.File, progress func(done, total int64)) (stop func()) {
	if progress == nil {
		return func() {}
	}
	total := max(s.UsedBytes(), 1)
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stopping:
				progress(total, total)
				return
			case <-tick.C:
				if info, err := file.Stat(); err == nil {
					progress(min(info.Size(), total), total)
				}
			}
		}
	}()
	return func() { close(stopping); <-stopped }
}
