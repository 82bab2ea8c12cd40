package storage

import (
	"bytes"
	"cmp"
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
		}
		b.streams[i] = within(b.resolution.rollUp(b.streams[i]), b.from, b.to)
	}
	return b, nil
}

// held is a value that has points of a batch.
type held struct {
	level Resolution
	group uint32
	placed
}

// day is the first day of a batch that a value has points of.
func (h held) day(b *batch) uint32 { return dayOf(max(h.level.spanStart(h.span), b.from)) }

// readSegments reads day by day, and ends the batch after the one that fills it.
func (s *Store) readSegments(tx *bbolt.Tx, b *batch, began time.Time) error {
	values, err := s.valuesOf(tx, b)
	if err != nil {
		return err
	}
	size, day := 0, uint32(0)
	for n, h := range values {
		full := size >= batchPoints || time.Since(began) > transactionBudget
		if next := h.day(b); n > 0 && full && next > day {
			b.to = min(b.to, Raw.spanEnd(day)+1)
			return nil
		}
		size, day = size+s.readValue(tx, b, h), h.day(b)
	}
	return nil
}

// readValue reads the sources of a batch from a value and returns how many points those
// were.
func (s *Store) readValue(tx *bbolt.Tx, b *batch, h held) (size int) {
	at := place(bucketSegments, segmentKey(h.level, h.span, h.group))
	segment, err := openSegment(tx, h.level, h.group, h.placed)
	if err != nil {
		b.faults = append(b.faults, s.report(at, err))
		return 0
	}
	for i, of := range b.sources {
		if groupOf(of.id) != h.group {
			continue
		}
		before := len(b.streams[i])
		if b.streams[i], err = segment.Points(b.streams[i], uint32(of.id)); err != nil {
			at := fmt.Sprintf("%s series %d", at, of.id)
			b.faults = append(b.faults, s.report(at, fmt.Errorf("%w series: %w", ErrDamaged, err)))
		}
		size += len(b.streams[i]) - before
		b.streams[i] = joined(b.streams[i], before)
	}
	return size
}

// valuesOf returns the values that have points of a batch, day by day and the coarse
// ones of a day last.
func (s *Store) valuesOf(tx *bbolt.Tx, b *batch) (values []held, err error) {
	listed := map[uint32]bool{}
	for _, of := range b.sources {
		group := groupOf(of.id)
		if listed[group] {
			continue
		}
		listed[group] = true
		for _, level := range b.resolution.levels() {
			m, err := s.openManifest(tx, level, group)
			if err != nil {
				return nil, err
			}
			for _, entry := range m.between(level.spanOf(b.from), level.spanOf(b.to-1)) {
				values = append(values, held{level, group, entry})
			}
		}
	}
	slices.SortStableFunc(values, func(x, y held) int { return cmp.Compare(x.day(b), y.day(b)) })
	return values, nil
}

// readRows reads what is not sealed yet, to the end of the interval that the batch
// ends in, and ends the batch before an interval when it takes too long.
func (s *Store) readRows(tx *bbolt.Tx, b *batch, rows [][]point, began time.Time) {
	cursor, end := bucket(tx, bucketCycles).Cursor(), b.resolution.intervalEnd(b.to-1)+1
	var entries []entry
	interval := int64(-1)
	for key, value := cursor.Seek(rowKey(b.from)); key != nil && bytes.Compare(key, rowKey(end)) < 0; key, value = cursor.Next() {
		r, err := parseRow(key, value)
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
			if entries, err = r.read(entries[:0], groupOf(of.id), groupOf(of.id)+1); err != nil {
				b.faults = append(b.faults, s.report(place(bucketCycles, key), err))
				break
			}
			if e, ok := find(entries, of.id); ok {
				rows[i] = append(rows[i], point{Time: at, Value: e.value})
			}
		}
	}
}
