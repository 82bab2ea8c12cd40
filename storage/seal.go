package storage

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// sealOldest moves the rows of the oldest hour into segments, if a later hour has
// begun. It comes after a cycle and never fails it: the rows are as safe as the
// segments, and the next cycle tries again.
func (s *Store) sealOldest() {
	hour, ok, err := s.sealable()
	if err == nil && ok {
		err = s.sealHour(hour)
	}
	if err != nil {
		s.log.Error("sealing rows failed, will be tried again after the next cycle", "error", err)
	}
}

// sealable returns the start of the oldest hour of rows, in unix milliseconds, and
// whether it is over. The rows themselves are the clock.
func (s *Store) sealable() (hour int64, ok bool, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		cursor := bucket(tx, bucketCycles).Cursor()
		first, _ := cursor.First()
		last, _ := cursor.Last()
		if len(first) == 8 && len(last) == 8 {
			hour = rowMillis(first) / hourMillis * hourMillis
			ok = rowMillis(last) >= hour+hourMillis
		}
		return nil
	})
	return hour, ok, err
}

// sealHour writes the samples of an hour of rows into the segments of their day and
// removes the rows, in one transaction.
func (s *Store) sealHour(hour int64) error {
	var d *draft
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		points, err := s.takeRows(tx, hour, hour+hourMillis)
		if err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(points)) {
			added, err := s.mergeSegment(tx, segmentKey(hour/dayMillis, id), points[id])
			if err != nil {
				return err
			}
			if sr := d.change(id); sr != nil { // nil when its record is damaged
				for _, p := range added {
					sr.sealed = sr.sealed.with(p.millis)
				}
			}
		}
		return putSeries(tx, d.changed)
	})
	if err != nil {
		return fmt.Errorf("seal rows: %w", err)
	}
	s.accept(d)
	return nil
}

// takeRows removes the rows of [from, to) and returns their samples by series.
func (s *Store) takeRows(tx *bbolt.Tx, from, to int64) (map[seriesID][]point, error) {
	points := map[seriesID][]point{}
	for _, key := range rowKeys(tx, from, to) {
		row, err := s.openRow(tx, key)
		if err != nil {
			return nil, err
		}
		for _, e := range row {
			points[e.id] = append(points[e.id], point{rowMillis(key), e.price})
		}
		if err := bucket(tx, bucketCycles).Delete(key); err != nil {
			return nil, fmt.Errorf("remove row: %w", err)
		}
	}
	return points, nil
}

// rowKeys copies the keys of the rows of [from, to).
func rowKeys(tx *bbolt.Tx, from, to int64) [][]byte {
	var keys [][]byte
	cursor, end := bucket(tx, bucketCycles).Cursor(), rowKey(to)
	for key, _ := cursor.Seek(rowKey(from)); key != nil && bytes.Compare(key, end) < 0; key, _ = cursor.Next() {
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}

// mergeSegment adds points to a segment; samples that are there stay. It returns
// those that were added.
func (s *Store) mergeSegment(tx *bbolt.Tx, key []byte, points []point) ([]point, error) {
	have, err := s.openSegment(tx, key)
	if err != nil {
		return nil, err
	}
	all, added := merge(have, points)
	if len(added) == 0 {
		return nil, nil
	}
	if err := bucket(tx, bucketSegments).Put(key, encodeSegment(key, all)); err != nil {
		return nil, fmt.Errorf("store segment: %w", err)
	}
	return added, nil
}

// openSegment returns the points of the segment that a write is about to replace.
func (s *Store) openSegment(tx *bbolt.Tx, key []byte) ([]point, error) {
	value := bucket(tx, bucketSegments).Get(key)
	if value == nil {
		return nil, nil
	}
	points, err := decodeSegment(key, value)
	if err != nil {
		return nil, s.quarantine(tx, bucketSegments, key, value, err)
	}
	return points, nil
}
