package storage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// Retention says how long samples are kept at each resolution, from the newest cycle
// back. The zero value of a field stands for its default, a negative one for ever.
type Retention struct {
	Raw         time.Duration // 90 days
	FiveMinutes time.Duration // 2 years
	Hours       time.Duration // for ever
}

const day = 24 * time.Hour

// limits are the retentions by resolution; what is not positive is for ever.
func (r Retention) limits() [resolutions]time.Duration {
	return [...]time.Duration{cmp.Or(r.Raw, 90*day), cmp.Or(r.FiveMinutes, 2*365*day), r.Hours}
}

// expireSegments is how many segments are deleted at a time. bbolt writes the list
// of free pages with every commit, so that many at once would slow down all that
// follow.
const expireSegments = 4

// expire deletes the oldest segments of one resolution that has any that are too
// old. It comes after a cycle and never fails it. The clock is that of the cycle,
// unless it is ahead of this machine's: a time far in the future must not delete
// what is new.
func (s *Store) expire(cycle time.Time) {
	now := cycle
	if t := time.Now(); t.Before(now) {
		now = t
	}
	for r, limit := range s.opts.Retention.limits() {
		if limit <= 0 {
			continue
		}
		res, bound := Resolution(r), now.Add(-limit).UnixMilli()
		keys, err := s.expired(res, bound)
		if err == nil && len(keys) > 0 {
			err = s.deleteSegments(res, keys)
		}
		if err != nil {
			s.log.Error("deleting old segments failed, will be tried again after the next cycle", "error", err)
		}
		if len(keys) > 0 {
			return
		}
	}
}

// expired returns the keys of some segments of one span that ended before a time.
func (s *Store) expired(r Resolution, bound int64) (keys [][]byte, err error) {
	if bound <= 0 {
		return nil, nil
	}
	limit := segmentKey(r, r.spanOf(bound), 0)
	err = s.view(func(tx *bbolt.Tx) error {
		keys = keysBetween(bucket(tx, bucketSegments), segmentKey(r, 0, 0), limit, expireSegments)
		return nil
	})
	keys = slices.DeleteFunc(keys, func(key []byte) bool { // of a damaged page: what they say must not expire anything
		return len(key) != segmentKeySize || key[0] != byte(r)
	})
	for len(keys) > 0 && spanOfKey(keys[len(keys)-1]) != spanOfKey(keys[0]) {
		keys = keys[:len(keys)-1]
	}
	return keys, err
}

// deleteSegments deletes segments of one span, which from then on is read at a
// coarser resolution.
func (s *Store) deleteSegments(r Resolution, keys [][]byte) error {
	var d *draft
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		before := s.readKept(tx)
		span := spanOfKey(keys[0])
		after := before
		after[r] = max(before[r], span+1)
		before[r] = span
		for _, key := range keys {
			if err := s.deleteSegment(tx, d, r, span, groupOfKey(key), before, after); err != nil {
				return err
			}
		}
		if err := putSeries(tx, d.changed); err != nil {
			return err
		}
		return putKept(tx, after)
	})
	if err != nil {
		return fmt.Errorf("delete segments: %w", err)
	}
	s.accept(d)
	return nil
}

// deleteSegment deletes one segment and counts what is left of its series.
func (s *Store) deleteSegment(tx *bbolt.Tx, d *draft, r Resolution, span, group uint32, before, after kept) error {
	had, err := s.countSpan(tx, r, span, group, before)
	if err != nil {
		return err
	}
	left, err := s.countSpan(tx, r, span, group, after)
	if err != nil {
		return err
	}
	for id, n := range had {
		if sr := d.change(id); sr != nil {
			sr.drop(n - min(n, left[id]))
		}
	}
	listed, err := s.openManifest(tx, r, group)
	if err != nil {
		return err
	}
	if err := bucket(tx, bucketSegments).Delete(segmentKey(r, span, group)); err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	return putManifest(tx, r, group, listed.without(span))
}

// countSpan counts the points of each series of a group that are read of a span.
func (s *Store) countSpan(tx *bbolt.Tx, r Resolution, span, group uint32, k kept) (map[seriesID]uint64, error) {
	from, to := r.spanStart(span), r.spanEnd(span)
	finest, _ := k.finest(to)
	counts := map[seriesID]uint64{}
	if finest.spanOf(to) < k[finest] {
		return counts, nil // that has expired, too
	}
	listed, err := s.openManifest(tx, finest, group)
	if err != nil {
		return nil, err
	}
	entry, ok := listed.find(finest.spanOf(to))
	if !ok {
		return counts, nil
	}
	segment, err := openSegment(tx, finest, group, entry)
	if err != nil {
		return counts, nil // what is damaged is named by whoever reads it
	}
	var points []point
	for id := range segment.IDs() {
		if points, err = segment.Points(points[:0], id); err == nil {
			counts[seriesID(id)] = uint64(len(within(points, from, to+1)))
		}
	}
	return counts, nil
}
