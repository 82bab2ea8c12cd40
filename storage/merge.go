package storage

import (
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

// shiftHours is how many hours are merged into their day at a time. Fewer would write the
// day more often, more would leave more of the running day in pieces, which take half as
// much room again.
const shiftHours = 6

// mergeGroups is how many groups are merged at a time, at most.
const mergeGroups = 32

// shiftOf numbers the shift that an hour belongs to.
func shiftOf(hour uint32) uint32 { return hour / shiftHours }

// mergeSome merges pieces of the oldest shift that is over into their day, as many groups
// as a transaction has time for. When pieces wait for more than a shift it catches up.
// Like sealing it comes after a cycle and never fails it, and says whether there was
// anything to do.
func (s *Store) mergeSome() (busy bool) {
	for {
		due, newest, err := s.duePieces()
		if err == nil && len(due) == 0 {
			return busy
		}
		if err == nil {
			err = s.mergePieces(due)
		}
		if err != nil {
			s.log.Error("merging hours into a day failed, will be tried again after the next cycle", "error", err)
			return false // what has expired can still go
		}
		if busy = true; newest < shiftOf(spanOfKey(due[0]))+2 {
			return busy
		}
	}
}

// duePieces returns keys of the oldest hour of pieces, if its shift is over, and the shift
// of the newest row, which is the clock.
func (s *Store) duePieces() (due [][]byte, newest uint32, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		rows := bucket(tx, bucketCycles).Cursor()
		last, _ := rows.Last()
		for last != nil && len(last) != 8 { // of a damaged page
			last, _ = rows.Prev()
		}
		if last == nil {
			return nil
		}
		newest = shiftOf(pieces.spanOf(rowMillis(last)))
		segments, from := bucket(tx, bucketSegments), segmentKey(pieces, 0, 0)
		for _, key := range keysBetween(segments, from, segmentKey(pieces, newest*shiftHours, 0), mergeGroups) {
			if len(key) == segmentKeySize && segments.Get(key) != nil && (len(due) == 0 || spanOfKey(key) == spanOfKey(due[0])) {
				due = append(due, key) // else of a damaged page, or of a later hour
			}
		}
		return nil
	})
	return due, newest, err
}

// mergePieces merges what there is of the days and groups of some pieces.
func (s *Store) mergePieces(due [][]byte) error {
	var d *draft
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		for began, n := time.Now(), 0; n < len(due) && (n == 0 || time.Since(began) < transactionBudget); n++ {
			day := dayOf(pieces.spanEnd(spanOfKey(due[n])))
			if _, err := s.mergeDay(tx, d, day, groupOfKey(due[n]), nil); err != nil {
				return err
			}
		}
		return putSeries(tx, d.changed)
	})
	if err == nil {
		s.accept(d)
	}
	return err
}

// loadPieces counts the samples of pieces, which the records of series leave out.
func (s *Store) loadPieces() error {
	for group := range groupOf(s.index.next) + 1 {
		err := s.view(func(tx *bbolt.Tx) error {
			listed, err := s.openManifest(tx, pieces, group)
			for _, entry := range listed {
				s.loadPiece(tx, group, entry)
			}
			return err
		})
		if errors.Is(err, ErrDamaged) { // of a page: what cannot be counted may still cost no more than itself
			_ = s.report(place(bucketManifest, manifestKey(pieces, group)), err)
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) loadPiece(tx *bbolt.Tx, group uint32, entry placed) {
	segment, err := openSegment(tx, pieces, group, entry)
	if err != nil {
		_ = s.report(place(bucketSegments, segmentKey(pieces, entry.span, group)), err) // whoever reads it says so again
		return
	}
	for id := range segment.IDs() {
		if sr := s.index.of(seriesID(id)); sr != nil {
			count, first, last, _ := segment.Info(id)
			sr.all = sr.all.plus(extent{first: first, last: last, count: uint64(count)})
		}
	}
}
