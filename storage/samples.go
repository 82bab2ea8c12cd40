package storage

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"time"

	"strata/layers"
)

// Query says what to read.
type Query struct {
	Token      string
	Source     string // empty for all sources
	Field      string // [FieldPrice] when empty
	Span       layers.Span
	Resolution Resolution
}

// Samples reads the prices of a token in [From, To), of all sources, ordered by time
// and then source; a zero From or To leaves that side open. Of each time it yields
// the finest that is kept. It copies bounded batches out of the store and holds no
// transaction while the caller works, so the caller may take its time and may write.
// What is written after the loop began may or may not be seen.
//
// A value that is damaged is left out: its error, which wraps [ErrDamaged] and names
// it, comes with a zero Sample, and the samples that can be read follow. Any other
// error ends the loop.
func (s *Store) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return s.Finest(Query{Token: token, Span: span})
}

// MarketCaps reads what the sources told a token to be worth as a whole, of every hour
// the last, in the manner of [Store.Samples].
func (s *Store) MarketCaps(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return s.Read(Query{Token: token, Field: FieldMarketCap, Span: span, Resolution: Hours})
}

// Read reads one field at one resolution, as far as that is kept, in the manner of
// [Store.Samples]; the other fields of a sample are left zero. The last sample of an
// interval that is not over is yielded as it stands.
func (s *Store) Read(q Query) iter.Seq2[layers.Sample, error] {
	q.Field = cmp.Or(q.Field, FieldPrice)
	return s.read(q, func(kept, int64) (Resolution, int64) { return q.Resolution, maxMillis })
}

// Finest reads one field in the manner of [Store.Samples], of each time what is kept at
// the finest resolution; that of the query does not count.
func (s *Store) Finest(q Query) iter.Seq2[layers.Sample, error] {
	q.Field, q.Resolution = cmp.Or(q.Field, FieldPrice), Raw
	return s.read(q, kept.finest)
}

// choice says at which resolution to read a time, and up to when, the last
// millisecond included, that holds.
type choice func(k kept, millis int64) (r Resolution, until int64)

func (s *Store) read(q Query, choose choice) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		if q.Resolution >= resolutions || (q.Field != FieldPrice && q.Field != FieldVolume && q.Field != FieldMarketCap) {
			yield(layers.Sample{}, fmt.Errorf("read samples of %s: no field %q at resolution %d is kept", q.Token, q.Field, q.Resolution))
			return
		}
		sources, from, to := s.reach(q)
		careful := false
		buffers := make([][]point, len(sources))
		for from < to {
			end := to
			if careful {
				end = min(to, Raw.spanEnd(Raw.spanOf(from))+1)
			}
			b, err := s.readBatch(sources, from, end, choose, buffers)
			switch {
			case err == nil:
				if !b.yield(q, yield) {
					return
				}
			case errors.Is(err, ErrDamaged) && !careful:
				careful = true // day by day, to find the one that the damaged page belongs to
				continue
			default:
				goOn := yield(layers.Sample{}, fmt.Errorf("read samples of %s: %w", q.Token, err))
				if !goOn || !errors.Is(err, ErrDamaged) {
					return
				}
				careful = false
			}
			from, buffers = b.to, b.buffers
		}
	}
}

// origin is a source of a token and the series that holds it.
type origin struct {
	id     seriesID
	source string
}

// reach returns the sources that a query asks for and the bounds, in unix
// milliseconds, within which they have samples.
func (s *Store) reach(q Query) (sources []origin, from, to int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var all extent
	for _, sr := range s.index.byToken[q.Token] {
		if sr.all.count > 0 && sr.field == q.Field && (q.Source == "" || q.Source == sr.source) {
			sources = append(sources, origin{sr.id, sr.source})
			all = all.with(sr.all.first).with(sr.all.last)
		}
	}
	if all.count == 0 {
		return nil, 0, 0
	}
	from, to = all.first, all.last+1
	if !q.Span.From.IsZero() {
		from = max(from, ceilMillis(q.Span.From))
	}
	if !q.Span.To.IsZero() {
		to = min(to, ceilMillis(q.Span.To))
	}
	return sources, from, to
}

// yield hands a batch on, in order. It returns false when the caller has had enough.
func (b *batch) yield(q Query, yield func(layers.Sample, error) bool) bool {
	for _, err := range b.faults {
		if !yield(layers.Sample{}, fmt.Errorf("read samples of %s: %w", q.Token, err)) {
			return false
		}
	}
	for {
		i, p, ok := pop(b.streams)
		if !ok {
			return true
		}
		sample := layers.Sample{Token: q.Token, Source: b.sources[i].source, Time: time.UnixMilli(p.Time).UTC()}
		setField(&sample, q.Field, p.Value)
		if !yield(sample, nil) {
			return false
		}
	}
}

// pop takes the earliest point off the streams, of equally early ones that of the
// first stream, and says which it was. There are few streams, so looking at all of
// them beats a heap.
func pop(streams [][]point) (from int, p point, ok bool) {
	from = -1
	for i, stream := range streams {
		if len(stream) > 0 && (from < 0 || stream[0].Time < p.Time) {
			from, p = i, stream[0]
		}
	}
	if from < 0 {
		return 0, point{}, false
	}
	streams[from] = streams[from][1:]
	return from, p, true
}
