package storage

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Append stores one cycle: samples that all carry one time. It is one transaction,
// and when Append returns nil it is on the disk. A (token, source, time) that is
// there already keeps its value, so that sending a cycle again is harmless. With an
// error nothing is acknowledged; see [ErrSample], [ErrFull] and [ErrFailed].
func (s *Store) Append(samples []layers.Sample) error {
	if len(samples) == 0 {
		return nil
	}
	if err := checkCycle(samples); err != nil {
		return fmt.Errorf("append cycle: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	started := time.Now()
	if err := s.appendCycle(samples); err != nil {
		return fmt.Errorf("append cycle: %w", err)
	}
	s.appended(samples[0].Time, time.Since(started))
	s.sealOldest()
	return nil
}

// checkCycle says what is wrong with the first bad sample of a cycle.
func checkCycle(samples []layers.Sample) error {
	for _, sample := range samples {
		if err := check(sample); err != nil {
			return err
		}
		if !sample.Time.Equal(samples[0].Time) {
			return fmt.Errorf("%w: time %s of %s from %s is not the cycle's, %s", ErrSample,
				sample.Time.UTC(), sample.Token, sample.Source, samples[0].Time.UTC())
		}
	}
	return nil
}

// appendCycle adds the samples to the row of their time. It commits even when all
// of them are there: what an earlier, failed call left behind is durable only now.
func (s *Store) appendCycle(samples []layers.Sample) error {
	var d *draft
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		millis := samples[0].Time.UnixMilli()
		row, err := s.openRow(tx, rowKey(millis))
		if err != nil {
			return err
		}
		for _, sample := range samples {
			sr := d.series(name{sample.Token, sample.Source})
			at, there := slices.BinarySearchFunc(row, sr.id, compareEntry)
			if there {
				continue
			}
			if there, err = s.isSealed(tx, sr, millis); err != nil {
				return err
			}
			if !there {
				row = slices.Insert(row, at, entry{sr.id, sample.Price})
				sr.all = sr.all.with(millis)
			}
		}
		if err := putSeries(tx, d.created); err != nil || len(row) == 0 {
			return err
		}
		return bucket(tx, bucketCycles).Put(rowKey(millis), encodeRow(rowKey(millis), row))
	})
	if err == nil {
		s.accept(d)
	}
	return err
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

// isSealed says whether a segment holds that sample. Only a cycle that is older than
// what was sealed or imported has to look.
func (s *Store) isSealed(tx *bbolt.Tx, sr *series, millis int64) (bool, error) {
	if sr.sealed.count == 0 || millis > sr.sealed.last {
		return false, nil
	}
	points, err := s.openSegment(tx, segmentKey(millis/dayMillis, sr.id))
	_, there := slices.BinarySearchFunc(points, millis, comparePoint)
	return there, err
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
