package storage

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Bounds of one transaction of [Store.Samples], which copies that much and ends.
const (
	readDays  = 64
	readBytes = 1 << 20
)

// Samples reads the samples of a token in [From, To), of all sources, ordered by
// time and then source; a zero From or To leaves that side open. It copies bounded
// batches out of the store and holds no transaction while the caller works, so the
// caller may take its time and may write. What is written after the loop began may
// or may not be seen.
//
// A value that is damaged is left out: its error, which wraps [ErrDamaged] and names
// bucket and key, comes with a zero Sample, and the samples that can be read follow.
// Any other error ends the loop.
func (s *Store) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		sources, from, to := s.reach(token, span)
		careful := false
		for from < to {
			end := to
			if careful {
				end = min(to, (from/dayMillis+1)*dayMillis)
			}
			b, err := s.readBatch(sources, from, end)
			switch {
			case err == nil:
				if !s.yieldBatch(token, sources, b, yield) {
					return
				}
			case errors.Is(err, ErrDamaged) && !careful:
				careful = true // day by day, to find the one that the damaged page belongs to
				continue
			default:
				goOn := yield(layers.Sample{}, fmt.Errorf("read samples of %s: %w", token, err))
				if !goOn || !errors.Is(err, ErrDamaged) {
					return
				}
				careful = false
			}
			from = b.to
		}
	}
}

// origin is a source of a token and the series that holds it.
type origin struct {
	id     seriesID
	source string
}

// reach returns the sources of a token and the bounds, in unix milliseconds, within
// which the span holds samples.
func (s *Store) reach(token string, span layers.Span) (sources []origin, from, to int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all extent
	for _, sr := range s.index.byToken[token] {
		if sr.all.count > 0 {
			sources = append(sources, origin{sr.id, sr.source})
			all = all.with(sr.all.first).with(sr.all.last)
		}
	}
	if all.count == 0 {
		return nil, 0, 0
	}
	from, to = all.first, all.last+1
	if !span.From.IsZero() {
		from = max(from, ceilMillis(span.From))
	}
	if !span.To.IsZero() {
		to = min(to, ceilMillis(span.To))
	}
	return sources, from, to
}

// batch is a copy of what the store holds of some sources in [from, to).
type batch struct {
	from, to int64
	segments [][]stored // by source, ordered by day
	rows     []stored   // of all series, ordered by time
	size     int        // bytes copied
}

// stored is a copy of a key and its value.
type stored struct{ key, value []byte }

func (b *batch) copy(key, value []byte) stored {
	b.size += len(value)
	return stored{bytes.Clone(key), bytes.Clone(value)}
}

// readBatch copies what the store holds from a time on, in one transaction, so that
// a row on its way into a segment is seen in exactly one of the two. The batch says
// how far it got, even with an error.
func (s *Store) readBatch(sources []origin, from, to int64) (batch, error) {
	b := batch{from: from, to: to, segments: make([][]stored, len(sources))}
	err := s.view(func(tx *bbolt.Tx) error {
		b.copySegments(tx, sources)
		b.copyRows(tx)
		return nil
	})
	if err != nil {
		return batch{to: to}, err
	}
	return b, nil
}

// copySegments ends the batch after the day that fills it. It jumps over days of
// which nothing is kept.
func (b *batch) copySegments(tx *bbolt.Tx, sources []origin) {
	segments := bucket(tx, bucketSegments)
	cursor, days := segments.Cursor(), 0
	for day := b.from / dayMillis; ; day++ {
		next, _ := cursor.Seek(segmentKey(day, 0))
		if len(next) != 8 || segmentStart(next) >= b.to {
			return
		}
		day = segmentStart(next) / dayMillis
		for i, of := range sources {
			key := segmentKey(day, of.id)
			if value := segments.Get(key); value != nil {
				b.segments[i] = append(b.segments[i], b.copy(key, value))
			}
		}
		if days++; days == readDays || b.size >= readBytes {
			b.to = min(b.to, (day+1)*dayMillis)
			return
		}
	}
}

// copyRows ends the batch after the row that fills it.
func (b *batch) copyRows(tx *bbolt.Tx) {
	cursor := bucket(tx, bucketCycles).Cursor()
	limit := b.size + readBytes
	for key, value := cursor.Seek(rowKey(b.from)); key != nil && bytes.Compare(key, rowKey(b.to)) < 0; key, value = cursor.Next() {
		b.rows = append(b.rows, b.copy(key, value))
		if b.size >= limit {
			b.to = rowMillis(key) + 1
		}
	}
}

// yieldBatch decodes a batch and yields its samples in order. It returns false when
// the caller has had enough.
func (s *Store) yieldBatch(token string, sources []origin, b batch, yield func(layers.Sample, error) bool) bool {
	streams, faults := s.decodeBatch(sources, b)
	for _, err := range faults {
		if !yield(layers.Sample{}, fmt.Errorf("read samples of %s: %w", token, err)) {
			return false
		}
	}
	for {
		i, p, ok := pop(streams)
		if !ok {
			return true
		}
		sample := layers.Sample{Token: token, Source: sources[i/2].source, Time: time.UnixMilli(p.millis).UTC(), Price: p.price}
		if !yield(sample, nil) {
			return false
		}
	}
}

// decodeBatch returns two streams of points a source, from segments and from rows,
// and the errors of what was left out.
func (s *Store) decodeBatch(sources []origin, b batch) (streams [][]point, faults []error) {
	streams = make([][]point, 2*len(sources))
	for i, segments := range b.segments {
		for _, segment := range segments {
			points, err := decodeSegment(segment.key, segment.value)
			if err != nil {
				faults = append(faults, s.report(bucketSegments, segment.key, err))
				continue
			}
			streams[2*i] = append(streams[2*i], within(points, b.from, b.to)...)
		}
	}
	for _, row := range b.rows {
		entries, err := decodeRow(row.key, row.value)
		if err != nil {
			faults = append(faults, s.report(bucketCycles, row.key, err))
			continue
		}
		for i, of := range sources {
			if e, ok := find(entries, of.id); ok {
				streams[2*i+1] = append(streams[2*i+1], point{rowMillis(row.key), e.price})
			}
		}
	}
	return streams, faults
}

// pop takes the earliest point off the streams, of equally early ones that of the
// first stream, and says which it was. There are few streams, so looking at all of
// them beats a heap.
func pop(streams [][]point) (from int, p point, ok bool) {
	from = -1
	for i, stream := range streams {
		if len(stream) > 0 && (from < 0 || stream[0].millis < p.millis) {
			from, p = i, stream[0]
		}
	}
	if from < 0 {
		return 0, point{}, false
	}
	streams[from] = streams[from][1:]
	return from, p, true
}
