package storage

import (
	"slices"

	"go.etcd.io/bbolt"

	"strata/storage/internal/codec"
)

// lookup says whether segments hold a sample, opening each segment once.
type lookup struct {
	store    *Store
	tx       *bbolt.Tx
	levels   []Resolution              // that may hold the time asked for
	segments map[string]*codec.Segment // by key; nil for none
	points   []point                   // for using again
}

func (s *Store) newLookup(tx *bbolt.Tx) *lookup {
	return &lookup{store: s, tx: tx, segments: map[string]*codec.Segment{}}
}

// holds says whether a segment holds a sample of a cycle. Only a cycle that is not the
// newest has to look.
func (l *lookup) holds(sr *series, millis int64) (bool, error) {
	if sr.all.count == 0 || millis > sr.all.last {
		return false, nil
	}
	if l.levels == nil {
		r, _ := l.store.readKept(l.tx).finest(millis)
		l.levels = r.levels()
	}
	for _, r := range l.levels {
		segment, err := l.open(r, r.spanOf(millis), groupOf(sr.id))
		if err != nil {
			return false, err
		}
		if segment == nil {
			continue
		}
		if l.points, err = segment.Points(l.points[:0], uint32(sr.id)); err != nil {
			continue // set aside once the row is sealed
		}
		if _, there := slices.BinarySearchFunc(l.points, millis, comparePoint); there {
			return true, nil
		}
	}
	return false, nil
}

// open returns a segment, nil when there is none that can be read.
func (l *lookup) open(r Resolution, span, group uint32) (*codec.Segment, error) {
	key := string(segmentKey(r, span, group))
	segment, known := l.segments[key]
	if known {
		return segment, nil
	}
	listed, err := l.store.openManifest(l.tx, r, group)
	if err != nil {
		return nil, err
	}
	if entry, ok := listed.find(span); ok {
		segment, _ = openSegment(l.tx, r, group, entry) // a damaged one is set aside once the row is sealed
	}
	l.segments[key] = segment
	return segment, nil
}
