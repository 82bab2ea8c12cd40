package storage

import (
	"cmp"
	"fmt"
	"iter"
	"slices"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Bounds of one transaction of [Store.Import], which keep it within tens of
// milliseconds, so that a cycle does not have to wait.
const (
	importSamples  = 16 << 10
	importSegments = 128
)

// chunk is what an import brings for one series and day, ordered by time.
type chunk struct {
	name
	day    int64
	points []point
}

// Import stores history: samples of any tokens, sources and times, in any order. A
// (token, source, time) that is there already keeps its value, whether it came live
// or by import, so that an import can be repeated. It returns how many samples were
// new. Work is done in transactions of bounded size, oldest day first; after an
// error those that were done stay, and added counts their samples. A sample that
// cannot be kept refuses the whole import before anything is written.
func (s *Store) Import(samples []layers.Sample) (added int, err error) {
	for _, sample := range samples {
		if err := check(sample); err != nil {
			return 0, fmt.Errorf("import samples: %w", err)
		}
	}
	for batch := range batches(chunks(samples)) {
		n, err := s.importBatch(batch)
		added += n
		if err != nil {
			return added, fmt.Errorf("import samples: %w", err)
		}
	}
	return added, nil
}

// chunks sorts samples by day, series and time. Of equal times the first one given
// stays.
func chunks(samples []layers.Sample) []chunk {
	samples = slices.Clone(samples)
	slices.SortStableFunc(samples, func(a, b layers.Sample) int {
		x, y := a.Time.UnixMilli(), b.Time.UnixMilli()
		return cmp.Or(cmp.Compare(x/dayMillis, y/dayMillis), cmp.Compare(a.Token, b.Token),
			cmp.Compare(a.Source, b.Source), cmp.Compare(x, y))
	})
	var all []chunk
	for _, sample := range samples {
		p := point{sample.Time.UnixMilli(), sample.Price}
		of, day := name{sample.Token, sample.Source}, p.millis/dayMillis
		if n := len(all); n == 0 || all[n-1].name != of || all[n-1].day != day {
			all = append(all, chunk{name: of, day: day})
		}
		c := &all[len(all)-1]
		if n := len(c.points); n == 0 || c.points[n-1].millis != p.millis {
			c.points = append(c.points, p)
		}
	}
	return all
}

// batches cuts chunks into what fits into one transaction.
func batches(all []chunk) iter.Seq[[]chunk] {
	return func(yield func([]chunk) bool) {
		first, size := 0, 0
		for i, c := range all {
			if i > first && (i-first == importSegments || size+len(c.points) > importSamples) {
				if !yield(all[first:i]) {
					return
				}
				first, size = i, 0
			}
			size += len(c.points)
		}
		if first < len(all) {
			yield(all[first:])
		}
	}
}

// importBatch merges chunks into their segments, in one transaction.
func (s *Store) importBatch(batch []chunk) (count int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var d *draft
	err = s.update(func(tx *bbolt.Tx) error {
		d, count = s.index.draft(), 0
		for _, c := range batch {
			n, err := s.importChunk(tx, d, c)
			if err != nil {
				return err
			}
			count += n
		}
		return putSeries(tx, d.changed)
	})
	if err != nil {
		return 0, err
	}
	s.accept(d)
	return count, nil
}

// importChunk merges one chunk into its segment, leaving out what a row holds.
func (s *Store) importChunk(tx *bbolt.Tx, d *draft, c chunk) (int, error) {
	sr := d.series(c.name)
	points, err := s.withoutRows(tx, sr.id, c.points)
	if err != nil {
		return 0, err
	}
	added, err := s.mergeSegment(tx, segmentKey(c.day, sr.id), points)
	for _, p := range added {
		sr.sealed, sr.all = sr.sealed.with(p.millis), sr.all.with(p.millis)
	}
	return len(added), err
}

// withoutRows leaves out the points that stand in rows.
func (s *Store) withoutRows(tx *bbolt.Tx, id seriesID, points []point) ([]point, error) {
	for _, key := range rowKeys(tx, points[0].millis, points[len(points)-1].millis+1) {
		at, there := slices.BinarySearchFunc(points, rowMillis(key), comparePoint)
		if !there {
			continue
		}
		row, err := s.openRow(tx, key)
		if err != nil {
			return nil, err
		}
		if _, there = find(row, id); there {
			points = slices.Concat(points[:at], points[at+1:])
		}
	}
	return points, nil
}
