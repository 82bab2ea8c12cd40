package storage

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// batchPoints bounds what a batch takes out of segments, in memory.
const batchPoints = 32 << 10

// batch is what the store holds of some sources in [from, to), at one resolution.
type batch struct {
	sources    []origin
	from, to   int64
	resolution Resolution
	streams    [][]point // by source, ordered by time
	buffers    [][]point // what the streams of the next batch can be read into
	faults     []error   // of what was left out
}

// readBatch reads from a time on, in one transaction, so that a row on its way into
// a segment is seen in one of the two at least. The batch says how far it got, even
// with an error.
func (s *Store) readBatch(sources []origin, from, to int64, choose choice, buffers [][]point) (batch, error) {
	b := batch{sources: sources, from: from, to: to, streams: make([][]point, len(sources)), buffers: buffers}
	for i := range buffers {
		b.streams[i] = buffers[i][:0]
	}
	rows := make([][]point, len(sources))
	err := s.view(func(tx *bbolt.Tx) error {
		began := time.Now()
		r, until := choose(s.readKept(tx), from)
		b.resolution, b.to = r, min(b.to, until+1)
		if err := s.readSegments(tx, &b, began); err != nil {
			return err
		}
		s.readRows(tx, &b, rows, began)
		return nil
	})
	if err != nil {
		return batch{to: to, buffers: buffers}, err
	}
	b.buffers = slices.Clone(b.streams)
	for i := range b.streams {
		if len(rows[i]) > 0 {
			b.streams[i], _ = merge(b.streams[i], rows[i])
			b.streams[i] = b.resolution.rollUp(b.streams[i])
		}
		b.streams[i] = within(b.streams[i], b.from, b.to)
	}
	return b, nil
}

// readSegments ends the batch after the span that fills it.
func (s *Store) readSegments(tx *bbolt.Tx, b *batch, began time.Time) error {
	listed, spans, err := s.spansOf(tx, b)
	if err != nil {
		return err
	}
	size := 0
	for _, span := range spans {
		opened := map[uint32]bool{} // groups whose segment failed
		for i, of := range b.sources {
			entry, ok := listed[groupOf(of.id)].find(span)
			if !ok || opened[groupOf(of.id)] {
				continue
			}
			segment, err := openSegment(tx, b.resolution, groupOf(of.id), entry)
			key := segmentKey(b.resolution, span, groupOf(of.id))
			if err != nil {
				opened[groupOf(of.id)] = true
				b.faults = append(b.faults, s.report(place(bucketSegments, key), err))
				continue
			}
			before := len(b.streams[i])
			if b.streams[i], err = segment.Points(b.streams[i], uint32(of.id)); err != nil {
				at := fmt.Sprintf("%s series %d", place(bucketSegments, key), of.id)
				b.faults = append(b.faults, s.report(at, fmt.Errorf("%w series: %w", ErrDamaged, err)))
			}
			size += len(b.streams[i]) - before
		}
		if size >= batchPoints || time.Since(began) > transactionBudget {
			b.to = min(b.to, b.resolution.spanEnd(span)+1)
			return nil
		}
	}
	return nil
}

// spansOf returns the manifests of the groups of a batch, and all the spans they
// list within it.
func (s *Store) spansOf(tx *bbolt.Tx, b *batch) (listed map[uint32]manifest, spans []uint32, err error) {
	listed = map[uint32]manifest{}
	first, last := b.resolution.spanOf(b.from), b.resolution.spanOf(b.to-1)
	for _, of := range b.sources {
		group := groupOf(of.id)
		if _, known := listed[group]; known {
			continue
		}
		if listed[group], err = s.openManifest(tx, b.resolution, group); err != nil {
			return nil, nil, err
		}
		for _, entry := range listed[group] {
			if entry.span >= first && entry.span <= last {
				spans = append(spans, entry.span)
			}
		}
	}
	slices.Sort(spans)
	return listed, slices.Compact(spans), nil
}

// readRows reads what is not sealed yet, to the end of the interval that the batch
// ends in, and ends the batch before an interval when it takes too long.
func (s *Store) readRows(tx *bbolt.Tx, b *batch, rows [][]point, began time.Time) {
	cursor, end := bucket(tx, bucketCycles).Cursor(), b.resolution.intervalEnd(b.to-1)+1
	interval := int64(-1)
	for key, value := cursor.Seek(rowKey(b.from)); key != nil && bytes.Compare(key, rowKey(end)) < 0; key, value = cursor.Next() {
		entries, err := decodeRow(key, value)
		if err != nil {
			b.faults = append(b.faults, s.report(place(bucketCycles, key), err))
			continue
		}
		at := rowMillis(key)
		if n := b.resolution.intervalOf(at); n != interval {
			if interval >= 0 && time.Since(began) > 2*transactionBudget {
				b.to = min(b.to, b.resolution.intervalEnd(at)-b.resolution.interval()+1)
				return
			}
			interval = n
		}
		for i, of := range b.sources {
			if e, ok := find(entries, of.id); ok {
				rows[i] = append(rows[i], point{Time: at, Value: e.value})
			}
		}
	}
}
