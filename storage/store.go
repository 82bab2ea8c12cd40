package storage

import (
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// Options says how to open a store. The zero value is fine.
type Options struct {
	Logger      *slog.Logger  // nil logs nothing
	LockTimeout time.Duration // how long to wait for another process to let go of the file; 0 means 1 s
	ReadOnly    bool          // refuses writes; the file must exist
}

// Store is price history in a file. It is safe for concurrent use.
type Store struct {
	path string
	opts Options
	log  *slog.Logger
	db   *bbolt.DB

	writing sync.Mutex // held by whoever writes, around the transaction and what it changes here
	failed  error      // why nothing is acknowledged any more; guarded by writing

	mu         sync.RWMutex // guards what follows; index is changed only with writing held too
	index      *index
	damaged    map[string]bool // bucket/key of values found damaged
	cycles     int
	lastTime   time.Time
	lastLength time.Duration
}

// Stats are figures about a store.
type Stats struct {
	FileBytes          int64         // length of the file
	Samples            int           // kept in all
	Series             int           // with at least one sample
	Cycles             int           // appended since the store was opened
	LastAppend         time.Time     // time of the last cycle appended, zero before the first
	LastAppendDuration time.Duration // how long storing it took, to the end of fsync
	Format             int           // version of the file's format
	FreePages          int           // pages of the file that hold nothing, 0 when opened for reading only
	Damaged            int           // values found damaged since the store was opened, each counted once
}

// Series returns all series that have samples, ordered by token and source.
func (s *Store) Series() ([]Series, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.index.list(), nil
}

// Stats returns figures about the store.
func (s *Store) Stats() Stats {
	pages := s.db.Stats()
	stats := Stats{Format: format, FreePages: pages.FreePageN + pages.PendingPageN}
	if info, err := os.Stat(s.path); err == nil {
		stats.FileBytes = info.Size()
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, sr := range s.index.byID {
		if sr.all.count > 0 {
			stats.Series++
			stats.Samples += int(sr.all.count)
		}
	}
	stats.Cycles, stats.LastAppend, stats.LastAppendDuration = s.cycles, s.lastTime, s.lastLength
	stats.Damaged = len(s.damaged)
	return stats
}

// Close waits for a write that is under way and closes the file. Reads and writes
// after it return an error.
func (s *Store) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
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

// appended notes a cycle that was stored.
func (s *Store) appended(at time.Time, took time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cycles++
	s.lastTime, s.lastLength = at.UTC(), took
}

// load fills the index from a file that was just opened.
func (s *Store) load() error {
	var records, rows []stored
	err := s.view(func(tx *bbolt.Tx) error {
		records, rows = copyAll(tx, bucketSeries), copyAll(tx, bucketCycles)
		return nil
	})
	if err != nil {
		return err
	}
	for _, record := range records {
		sr, err := decodeSeries(record.key, record.value)
		if err != nil {
			_ = s.report(bucketSeries, record.key, err) // its samples cannot be told by name any more
			s.index.reserve(record.key)
			continue
		}
		s.index.put(sr)
	}
	for _, row := range rows {
		s.loadRow(row)
	}
	return nil
}

// loadRow counts the samples of a row.
func (s *Store) loadRow(row stored) {
	entries, err := decodeRow(row.key, row.value)
	if err != nil {
		_ = s.report(bucketCycles, row.key, err) // every read of that time says so again
		return
	}
	for _, e := range entries {
		if sr, ok := s.index.byID[e.id]; ok {
			sr.all = sr.all.with(rowMillis(row.key))
		}
	}
}

// copyAll copies a bucket that is small.
func copyAll(tx *bbolt.Tx, from []byte) []stored {
	var all batch
	var list []stored
	cursor := bucket(tx, from).Cursor()
	for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
		list = append(list, all.copy(key, value))
	}
	return list
}
