package storage

import (
	"bytes"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// likelyPoints is how many points of a series an hour mostly has.
const likelyPoints = 60

// collectRows gathers the samples of some groups of an hour, group by group.
func (s *Store) collectRows(hour int64, first, end uint32) (groups []unit, err error) {
	points := make([][]point, (end-first)*groupSize)
	for next, to := hourBounds(hour); next < to; {
		err := s.view(func(tx *bbolt.Tx) error {
			next = collectSome(tx, points, next, to, first, end)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for group := range slices.Chunk(points, groupSize) {
		u := unit{group: first}
		for i, of := range group {
			if len(of) > 0 {
				u.runs = append(u.runs, run{ID: first*groupSize + uint32(i), Points: of})
			}
		}
		if first++; len(u.runs) > 0 {
			groups = append(groups, u)
		}
	}
	return groups, nil
}

// collectSome gathers from rows of [from, to) for as long as a transaction may take,
// and returns the time to go on at. points are by series, from the first of the first
// group on.
func collectSome(tx *bbolt.Tx, points [][]point, from, to int64, first, end uint32) (next int64) {
	began, cursor := time.Now(), bucket(tx, bucketCycles).Cursor()
	var entries []entry
	for key, value := cursor.Seek(rowKey(from)); key != nil && bytes.Compare(key, rowKey(to)) < 0; key, value = cursor.Next() {
		if len(key) != 8 || rowMillis(key) < from {
			continue // of a damaged page
		}
		if next = rowMillis(key); next > from && time.Since(began) > transactionBudget {
			return next
		}
		r, err := parseRow(key, value)
		if err == nil {
			entries, err = r.read(entries[:0], first, end)
		}
		if err != nil {
			continue // reported when it is removed
		}
		for _, e := range entries {
			of := &points[uint32(e.id)-first*groupSize]
			if *of == nil {
				*of = make([]point, 0, likelyPoints)
			}
			*of = append(*of, point{Time: next, Value: e.value})
		}
	}
	return to
}
