package storage

import (
	"encoding/binary"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"strata/storage/internal/codec"
)

// groupSize is how many series share a segment.
const groupSize = 64

func groupOf(id seriesID) uint32 { return uint32(id) / groupSize }

const segmentKeySize = 9

// segmentKey orders segments by resolution, span and group, so that those that are
// being written to lie side by side, and the oldest of a resolution come first.
func segmentKey(r Resolution, span, group uint32) []byte {
	key := append(make([]byte, 0, segmentKeySize), byte(r))
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(key, span), group)
}

func spanOfKey(key []byte) uint32  { return binary.BigEndian.Uint32(key[1:]) }
func groupOfKey(key []byte) uint32 { return binary.BigEndian.Uint32(key[5:]) }

// openSegment opens a segment for reading some of its series. It looks at the
// directory only: the series in it are those of the group, their times those of the
// span, and there are as many as the manifest says.
func openSegment(tx *bbolt.Tx, r Resolution, group uint32, want placed) (*codec.Segment, error) {
	value := bucket(tx, bucketSegments).Get(segmentKey(r, want.span, group))
	if value == nil {
		return nil, fmt.Errorf("%w store: segment is missing", ErrDamaged)
	}
	segment, err := codec.Open(value)
	if err != nil {
		return nil, fmt.Errorf("%w value: %w", ErrDamaged, err)
	}
	var count uint64
	for id := range segment.IDs() {
		n, first, last, _ := segment.Info(id)
		count += uint64(n)
		if id/groupSize != group || n > 0 && (first < r.spanStart(want.span) || last > r.spanEnd(want.span)) {
			return nil, fmt.Errorf("%w value: belongs to another place", ErrDamaged)
		}
	}
	if count != want.count {
		return nil, fmt.Errorf("%w value: has %d points, %d are in the manifest", ErrDamaged, count, want.count)
	}
	return segment, nil
}

// takeSegment returns all of a segment that a write is about to replace. What is
// damaged is set aside first, and the series that are whole are returned.
func (s *Store) takeSegment(tx *bbolt.Tx, r Resolution, group uint32, want placed) ([]run, error) {
	key := segmentKey(r, want.span, group)
	segment, err := openSegment(tx, r, group, want)
	if err != nil {
		return nil, s.setSegmentAside(tx, key, err)
	}
	var runs []run
	for id := range segment.IDs() {
		points, err := segment.Points(nil, id)
		if err != nil {
			if err := s.setSegmentAside(tx, key, fmt.Errorf("%w series: %w", ErrDamaged, err)); err != nil {
				return nil, err
			}
			continue
		}
		runs = append(runs, run{ID: id, Points: points})
	}
	return runs, nil
}

// setSegmentAside copies a damaged segment to where it can be repaired, if there is
// anything of it. The write that found it replaces it.
func (s *Store) setSegmentAside(tx *bbolt.Tx, key []byte, why error) error {
	value := bucket(tx, bucketSegments).Get(key)
	if value == nil {
		_ = s.report(place(bucketSegments, key), why) // the write goes on without it
		return nil
	}
	return s.setAside(tx, bucketSegments, key, value, why)
}

// addToSegment adds points to a segment; those that are there stay. It returns what
// was added and stays in the segment once that is rolled up.
func (s *Store) addToSegment(tx *bbolt.Tx, r Resolution, span, group uint32, more []run) ([]run, error) {
	listed, err := s.openManifest(tx, r, group)
	if err != nil {
		return nil, err
	}
	var have []run
	if entry, ok := listed.find(span); ok {
		if have, err = s.takeSegment(tx, r, group, entry); err != nil {
			return nil, err
		}
	}
	all, added := r.combine(have, more)
	if len(added) == 0 {
		return nil, nil
	}
	entry, err := putSegment(tx, r, span, group, all)
	if err != nil {
		return nil, err
	}
	return added, putManifest(tx, r, group, listed.with(entry))
}

// combine adds points to runs of the same series. Runs are ordered by series.
func (r Resolution) combine(have, more []run) (all, added []run) {
	all = have
	for _, m := range more {
		n, found := slices.BinarySearchFunc(all, m.ID, compareRun)
		var before []point
		if found {
			before = all[n].Points
		}
		points, fresh := merge(before, m.Points)
		points = r.rollUp(points)
		if r.interval() > 1 {
			fresh = without(points, before)
		}
		switch {
		case len(fresh) == 0:
			continue
		case found:
			all[n].Points = points
		default:
			all = slices.Insert(all, n, run{ID: m.ID, Points: points})
		}
		added = append(added, run{ID: m.ID, Points: fresh})
	}
	return all, added
}

// putSegment stores a segment and returns its entry of the manifest.
func putSegment(tx *bbolt.Tx, r Resolution, span, group uint32, runs []run) (placed, error) {
	value, err := codec.Encode(runs)
	if err != nil {
		return placed{}, err
	}
	entry := placed{span: span}
	for _, r := range runs {
		entry.count += uint64(len(r.Points))
	}
	key := segmentKey(r, span, group)
	entry.checksum = checksum(bucketSegments, key, value)
	if err := bucket(tx, bucketSegments).Put(key, value); err != nil {
		return placed{}, fmt.Errorf("store segment: %w", err)
	}
	return entry, nil
}

// countPoints returns how many points a segment holds, 0 when it does not say.
func countPoints(value []byte) (count uint64) {
	segment, err := codec.Open(value)
	if err != nil {
		return 0
	}
	for id := range segment.IDs() {
		n, _, _, _ := segment.Info(id)
		count += uint64(n)
	}
	return count
}
