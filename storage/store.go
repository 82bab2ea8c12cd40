package storage

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Options says how to open a store. The zero value is fine.
type Options struct {
	Logger      *slog.Logger  // nil logs nothing
	LockTimeout time.Duration // how long to wait for another process to let go of the file; 0 means 1 s
	ReadOnly    bool          // refuses writes; the file must exist
	Retention   Retention     // how long samples are kept
	KeepNotes   time.Duration // how long the notes of cycles are kept; 0 means 48 h, a negative one for ever
	NoteBytes   int64         // how much of the file all notes may take, the oldest go first; 0 means 64 MiB, a negative one no limit

	// Progress, if given, is told how far [Open] has got with bringing a file of an
	// older format up to date.
	Progress func(done, total int)
}

// Store is price history in a file. It is safe for concurrent use.
type Store struct {
	path string
	file os.FileInfo // as it was opened
	opts Options
	log  *slog.Logger
	db   *bbolt.DB

	gauge   gauge
	writing sync.Mutex // held by whoever writes, around the transaction and what it changes here
	failed  error      // why nothing is acknowledged any more; guarded by writing
	sealing sealing    // guarded by writing
	entries []entry    // for using again; guarded by writing
	closed  bool       // guarded by writing

	mu         sync.RWMutex // guards what follows; index is changed only with writing held too
	index      *index
	damaged    map[string]bool // places of values found damaged
	cycles     int
	lastTime   time.Time
	lastLength time.Duration
}

// Stats are figures about a store.
type Stats struct {
	FileBytes          int64         // length of the file
	Samples            int           // values kept in all, each at its finest resolution
	Series             int           // of prices and other fields, with at least one sample
	Cycles             int           // appended since the store was opened
	LastAppend         time.Time     // time of the last cycle appended, zero before the first
	LastAppendDuration time.Duration // how long storing it took, to the end of fsync
	Format             int           // version of the file's format
	FreePages          int           // pages of the file that hold nothing, 0 when opened for reading only
	PendingPages       int           // pages that will be free once nobody reads what they held
	OpenReaders        int           // read transactions that are open
	OldestReader       time.Duration // since when the oldest of them is
	LongestTransaction time.Duration // of all since the store was opened, with the fsync of a write
	Damaged            int           // values found damaged since the store was opened, each counted once
	DamagedNames       []string      // bucket, key and perhaps series of each
}

// Series returns all series of prices that have samples, ordered by token and source.
func (s *Store) Series() ([]Series, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.list(), nil
}

// Stats returns figures about the store.
func (s *Store) Stats() Stats {
	pages := s.db.Stats()
	stats := Stats{Format: format, FreePages: pages.FreePageN, PendingPages: pages.PendingPageN}
	stats.OpenReaders, stats.OldestReader, stats.LongestTransaction = s.gauge.figures()
	if info, err := os.Stat(s.path); err == nil {
		stats.FileBytes = info.Size()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for sr := range s.index.all() {
		stats.Series++
		stats.Samples += int(sr.all.count)
	}
	stats.Cycles, stats.LastAppend, stats.LastAppendDuration = s.cycles, s.lastTime, s.lastLength
	stats.Damaged, stats.DamagedNames = len(s.damaged), slices.Sorted(maps.Keys(s.damaged))
	return stats
}

// Close waits for a write that is under way, notes in the file that it was closed,
// and closes it. Reads and writes after it return an error.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if !s.opts.ReadOnly && !s.closed && s.failed == nil {
		if err := s.markClean(true); err != nil {
			s.log.Warn("the file cannot be marked as closed cleanly and will be checked before it is used again", "error", err)
		}
	}
	s.closed = true
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close store %s: %w", s.path, err)
	}
	return nil
}

// accept takes over what a transaction that was committed changed.
func (s *Store) accept(d *draft) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d.commit()
}

// count takes the samples of a row that was stored into account.
func (s *Store) count(row []entry, millis int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range row {
		sr := s.index.of(e.id)
		sr.all = sr.all.with(millis)
	}
}

// appended notes a cycle that was stored.
func (s *Store) appended(at time.Time, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cycles++
	s.lastTime, s.lastLength = at.UTC(), took
}

// load fills the index from a file that was just opened.
func (s *Store) load() error {
	var records []stored
	var next seriesID
	err := s.view(func(tx *bbolt.Tx) (err error) {
		if s.sealing, err = readSealing(tx); err != nil {
			_ = s.report(place(bucketMeta, metaSealing), err) // sealing the hour again does no harm
		}
		if next, err = readNext(tx); err != nil {
			_ = s.report(place(bucketMeta, metaNext), err) // the records say nearly the same
		}
		_ = s.readKept(tx) // so that damage to it is known
		if records, err = copyAll(tx, bucketSeries); err != nil {
			return err
		}
		for _, record := range records {
			if bucket(tx, bucketSeries).Get(record.key) == nil { // the next write would make a second one
				_ = s.report(place(bucketSeries, record.key), errUnreachable)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, record := range records {
		sr, err := decodeSeries(record.key, record.value)
		if err != nil {
			_ = s.report(place(bucketSeries, record.key), err) // its samples cannot be told by name any more
			continue
		}
		s.index.put(sr)
	}
	s.index.next = max(s.index.next, next, seriesID(len(records)+1)) // an id that was given is not given again
	s.loadMissing()
	if err := s.loadPieces(); err != nil {
		return err
	}
	return s.loadRows()
}

// loadMissing reports series whose record is gone: ids are given without a gap.
func (s *Store) loadMissing() {
	for id := seriesID(1); id < s.index.next; id++ {
		if at := place(bucketSeries, seriesKey(id)); s.index.of(id) == nil && !s.damaged[at] {
			_ = s.report(at, fmt.Errorf("%w store: record of a series is missing", ErrDamaged)) // its samples cannot be told by name any more
		}
	}
}

// loadRows counts the samples of rows.
func (s *Store) loadRows() error {
	var keys [][]byte
	err := s.view(func(tx *bbolt.Tx) error {
		keys = allRows(tx)
		if n, err := readRows(tx); err != nil {
			_ = s.report(place(bucketMeta, metaRows), err)
		} else if n != len(keys) {
			_ = s.report(string(bucketCycles), fmt.Errorf("%w store: %d rows, %d were stored", ErrDamaged, len(keys), n))
		}
		return nil
	})
	for _, key := range keys {
		var entries []entry
		err = errors.Join(err, s.view(func(tx *bbolt.Tx) (err error) {
			if entries, err = decodeRow(key, bucket(tx, bucketCycles).Get(key)); err != nil {
				_ = s.report(place(bucketCycles, key), err) // every read of that time says so again
			}
			return nil
		}))
		for _, e := range entries {
			if sr := s.index.of(e.id); sr != nil && !s.sealing.holds(hourOf(rowMillis(key)), e.id) {
				sr.all = sr.all.with(rowMillis(key))
			}
		}
	}
	return err
}

// stored is a copy of a key and its value.
type stored struct{ key, value []byte }

// smallEntry is longer than any key and value of a bucket that is copied as a whole. A
// damaged page can name gigabytes.
const smallEntry = 1 << 20

// copyAll copies a bucket that is small.
func copyAll(tx *bbolt.Tx, from []byte) (all []stored, err error) {
	cursor := bucket(tx, from).Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		if len(key)+len(value) > smallEntry {
			return nil, fmt.Errorf("%w page: %s has %d bytes", ErrDamaged, place(from, key), len(key)+len(value))
		}
		all = append(all, stored{bytes.Clone(key), bytes.Clone(value)})
	}
	return all, nil
}
