package codec

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// maxExpansion limits how many points a byte stands for, so that what a value
// decodes to stays in proportion to its size.
const maxExpansion = 128

// ErrSeries says that series cannot be encoded: an id twice, or times that do not
// increase or are out of range.
var ErrSeries = errors.New("series refused")

// Encode writes series as one value, always the same bytes for the same series in
// whatever order. The error wraps [ErrSeries].
func Encode(series []Series) ([]byte, error) {
	series = slices.SortedFunc(slices.Values(series), func(a, b Series) int { return cmp.Compare(a.ID, b.ID) })
	if err := check(series); err != nil {
		return nil, fmt.Errorf("encode segment: %w", err)
	}
	columns, of := share(series)
	var d directory
	var blocks []byte
	for _, times := range columns {
		b := encodeColumn(times)
		d.columns = append(d.columns, columnEntry{
			count: len(times), first: times[0], last: times[len(times)-1],
			block: block{length: len(b), checksum: checksum(b)},
		})
		blocks = append(blocks, b...)
	}
	for i, s := range series {
		e := seriesEntry{id: s.ID, count: len(s.Points), column: of[i]}
		if e.count > 0 {
			b := encodePresence(columns[e.column], s.Points)
			e.presence, e.first, e.last = len(b), s.Points[0].Time, s.Points[e.count-1].Time
			b = append(b, encodeValues(s.Points)...)
			e.block = block{length: len(b), checksum: checksum(b)}
			blocks = append(blocks, b...)
		}
		d.series = append(d.series, e)
	}
	value := append(d.append(nil), blocks...)
	return append(value, make([]byte, padding)...), nil
}

func check(series []Series) error {
	for i, s := range series {
		if i > 0 && s.ID == series[i-1].ID {
			return fmt.Errorf("%w: %d is there twice", ErrSeries, s.ID)
		}
		for n, p := range s.Points {
			if p.Time < -maxTime || p.Time > maxTime {
				return fmt.Errorf("%w: %d has the time %d", ErrSeries, s.ID, p.Time)
			}
			if n > 0 && p.Time <= s.Points[n-1].Time {
				return fmt.Errorf("%w: the times of %d do not increase", ErrSeries, s.ID)
			}
		}
	}
	return nil
}
