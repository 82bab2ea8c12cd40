package storage

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Append stores one cycle: samples that all carry one time, each with a price and
// perhaps more. It is one transaction, and when Append returns nil it is on the disk. A (token, source, time) that is
// there already keeps its value, so that sending a cycle again is harmless. With an
// error nothing is acknowledged; see [ErrSample], [ErrFull] and [ErrFailed].
func (s *Store) Append(samples []layers.Sample) error {
	if len(samples) == 0 {
		return nil
	}
	return s.AppendNoted(samples[0].Time, samples, nil)
}

// checkCycle says what is wrong with the first bad sample of a cycle.
func checkCycle(at time.Time, samples []layers.Sample) error {
	for _, sample := range samples {
		if err := check(sample); err != nil {
			return err
		}
		if !sample.Time.Equal(at) {
			return fmt.Errorf("%w: time %s of %s from %s is not the cycle's, %s", ErrSample,
				sample.Time.UTC(), sample.Token, sample.Source, at.UTC())
		}
	}
	return nil
}

// appendCycle adds the samples to the row of their time, and a note, if there is one,
// beside it. It commits even when all of them are there: what an earlier, failed call
// left behind is durable only now.
func (s *Store) appendCycle(at time.Time, samples []layers.Sample, note []byte) error {
	millis := at.UnixMilli()
	if err := s.finishHour(hourOf(millis)); err != nil {
		return err
	}
	var d *draft
	var fresh []entry
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		if note != nil {
			if err := s.putNote(tx, millis, note); err != nil {
				return err
			}
		}
		row, err := s.openRow(tx, rowKey(millis))
		if err != nil {
			return err
		}
		if fresh, err = s.newEntries(tx, d, row, samples); err != nil {
			return err
		}
		if len(row) > 0 {
			row = inOrder(append(row, fresh...))
		} else {
			row = fresh
		}
		if err := putCreated(tx, d); err != nil || len(row) == 0 {
			return err
		}
		if bucket(tx, bucketCycles).Get(rowKey(millis)) == nil {
			if err := addRows(tx, 1); err != nil {
				return err
			}
		}
		return bucket(tx, bucketCycles).Put(rowKey(millis), encodeRow(rowKey(millis), row))
	})
	if err == nil {
		s.accept(d)
		s.count(fresh, millis)
	}
	return err
}

// newEntries returns what of the samples is neither in the row of their time nor in
// a segment.
func (s *Store) newEntries(tx *bbolt.Tx, d *draft, row []entry, samples []layers.Sample) ([]entry, error) {
	fresh, sealed := s.entries[:0], s.newLookup(tx)
	var sr *series
	for _, sample := range samples {
		for of, value := range fieldsOf(sample) {
			sr = d.after(sr, of)
			there, err := sealed.holds(sr, sample.Time.UnixMilli())
			if err != nil {
				return nil, err
			}
			if !there {
				fresh = append(fresh, entry{sr.id, value})
			}
		}
	}
	s.entries = inOrder(fresh)
	return slices.DeleteFunc(s.entries, func(e entry) bool {
		_, there := find(row, e.id)
		return there
	}), nil
}

// openRow returns the entries of the row that a write is about to replace.
func (s *Store) openRow(tx *bbolt.Tx, key []byte) ([]entry, error) {
	value := bucket(tx, bucketCycles).Get(key)
	if value == nil {
		return nil, nil
	}
	row, err := decodeRow(key, value)
	if err != nil {
		return nil, s.quarantine(tx, bucketCycles, key, value, err)
	}
	return row, nil
}

// checkRow sets a row aside if it is damaged, and says whether it is whole and there.
func (s *Store) checkRow(tx *bbolt.Tx, key []byte) (whole bool, err error) {
	value := bucket(tx, bucketCycles).Get(key)
	if value == nil {
		return false, nil
	}
	if _, err := parseRow(key, value); err != nil {
		return false, s.quarantine(tx, bucketCycles, key, value, err)
	}
	return true, nil
}

// putCreated stores records of the series that are new.
func putCreated(tx *bbolt.Tx, d *draft) error {
	if len(d.created) == 0 {
		return nil
	}
	if err := putSeries(tx, d.created); err != nil {
		return err
	}
	return putNext(tx, d.next)
}

// putSeries stores records of series.
func putSeries[K comparable](tx *bbolt.Tx, changed map[K]*series) error {
	for _, sr := range changed {
		key := seriesKey(sr.id)
		if err := bucket(tx, bucketSeries).Put(key, encodeSeries(key, sr)); err != nil {
			return fmt.Errorf("store series of %s from %s: %w", sr.token, sr.source, err)
		}
	}
	return nil
}
