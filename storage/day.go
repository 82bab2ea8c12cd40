package storage

import (
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// addDay adds points of one group that all lie in one UTC day to the segment of the
// finest resolution at which that day is kept, counts them, and returns what was new.
func (s *Store) addDay(tx *bbolt.Tx, d *draft, k kept, group uint32, runs []run) (added []run, err error) {
	if len(runs) == 0 {
		return nil, nil
	}
	at := runs[0].Points[0].Time
	r, _ := k.finest(at)
	if r == Raw {
		return s.mergeDay(tx, d, dayOf(at), group, runs)
	}
	if r.spanOf(at) < k[r] {
		return nil, nil // nothing is kept of a time so long ago
	}
	for finer := range r { // what has expired and is still there comes first
		if err := s.thinOut(tx, d, finer, dayOf(at), group, k); err != nil {
			return nil, err
		}
	}
	if added, err = s.addToSegment(tx, r, r.spanOf(at), group, runs); err == nil {
		d.added(added)
	}
	return added, err
}

// mergeDay makes one segment of the pieces of a day and group, of what the day has
// already, and of more, of which it returns what was new.
func (s *Store) mergeDay(tx *bbolt.Tx, d *draft, day, group uint32, more []run) (added []run, err error) {
	listed, err := s.openManifest(tx, Raw, group)
	if err != nil {
		return nil, err
	}
	var have []run
	if entry, ok := listed.find(day); ok {
		if have, err = s.takeSegment(tx, Raw, group, entry); err != nil {
			return nil, err
		}
	}
	sealed, err := s.takePieces(tx, day, group)
	if err != nil {
		return nil, err
	}
	d.uncount(sealed)
	all, moved := Raw.combine(have, sealed)
	all, added = Raw.combine(all, more)
	if len(moved)+len(added) == 0 {
		return nil, nil
	}
	d.added(moved)
	d.added(added)
	entry, err := putSegment(tx, Raw, day, group, all)
	if err != nil {
		return nil, err
	}
	return added, putManifest(tx, Raw, group, listed.with(entry))
}

// takePieces takes the pieces of a day and group out of the file and returns what is in
// them. Damaged ones are set aside.
func (s *Store) takePieces(tx *bbolt.Tx, day, group uint32) (runs []run, err error) {
	listed, err := s.openManifest(tx, pieces, group)
	if err != nil {
		return nil, err
	}
	before := len(listed)
	for span := range pieces.spansIn(day) {
		key := segmentKey(pieces, span, group)
		entry, ok := listed.find(span)
		if !ok && bucket(tx, bucketSegments).Get(key) == nil {
			continue
		}
		entry.span = span // one that is not listed is damage
		part, err := s.takeSegment(tx, pieces, group, entry)
		if err != nil {
			return nil, err
		}
		runs = follow(runs, part)
		if err := bucket(tx, bucketSegments).Delete(key); err != nil {
			return nil, fmt.Errorf("remove piece: %w", err)
		}
		listed = listed.without(span)
	}
	if len(listed) == before {
		return runs, nil
	}
	return runs, putManifest(tx, pieces, group, listed)
}

// follow appends later points to runs of the same series.
func follow(runs, later []run) []run {
	for _, l := range later {
		n, found := slices.BinarySearchFunc(runs, l.ID, compareRun)
		if !found {
			runs = slices.Insert(runs, n, l)
			continue
		}
		runs[n].Points = append(runs[n].Points, l.Points...)
	}
	return runs
}
