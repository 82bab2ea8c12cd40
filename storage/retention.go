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

// expireSegments is how many segments are made coarser and deleted at a time, at most:
// bbolt writes the list of free pages with every commit, so that many at once would slow
// down all that follow.
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
		k, span := s.readKept(tx), spanOfKey(keys[0])
		k[r] = max(k[r], span+1)
		for began, n := time.Now(), 0; n < len(keys) && (n == 0 || time.Since(began) < transactionBudget); n++ {
			if err := s.thinOut(tx, d, r, span, groupOfKey(keys[n]), k); err != nil {
				return err
			}
		}
		if err := putSeries(tx, d.changed); err != nil {
			return err
		}
		return putKept(tx, k)
	})
	if err != nil {
		return fmt.Errorf("delete segments: %w", err)
	}
	s.accept(d)
	return nil
}

// thinOut makes coarser samples of those of a segment, if there is one, at the next
// resolution that keeps them, and deletes it.
func (s *Store) thinOut(tx *bbolt.Tx, d *draft, r Resolution, span, group uint32, k kept) error {
	listed, err := s.openManifest(tx, r, group)
	if err != nil {
		return err
	}
	entry, ok := listed.find(span)
	if !ok && bucket(tx, bucketSegments).Get(segmentKey(r, span, group)) == nil {
		return nil
	}
	entry.span = span // one that is not listed is damage
	runs, err := s.takeSegment(tx, r, group, entry)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if sr := d.change(seriesID(run.ID)); sr != nil {
			sr.drop(uint64(len(run.Points)))
		}
	}
	if err := s.coarsen(tx, d, r, span, group, k, runs); err != nil {
		return err
	}
	if err := bucket(tx, bucketSegments).Delete(segmentKey(r, span, group)); err != nil {
		return fmt.Errorf("remove segment: %w", err)
	}
	return putManifest(tx, r, group, listed.without(span))
}

// coarsen adds what is leaving a segment to the next coarser one that is kept.
func (s *Store) coarsen(tx *bbolt.Tx, d *draft, r Resolution, span, group uint32, k kept, runs []run) error {
	for coarse := r + 1; coarse < resolutions; coarse++ {
		to := coarse.spanOf(r.spanEnd(span))
		if to < k[coarse] {
			continue
		}
		added, err := s.addToSegment(tx, coarse, to, group, runs)
		for _, run := range added {
			if sr := d.change(seriesID(run.ID)); sr != nil {
				sr.sealed.count, sr.all.count = sr.sealed.count+uint64(len(run.Points)), sr.all.count+uint64(len(run.Points))
			}
		}
		return err
	}
	return nil
}
