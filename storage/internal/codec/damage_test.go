package codec

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// small is a segment with two time columns, a series that lacks a point, one with
// exponents of its own and an empty one, and the value it is packed into.
func small(tb testing.TB) ([]Series, []byte) {
	tb.Helper()
	var series []Series
	for id := range uint32(5) {
		s := Series{ID: 10 * id}
		for i := range int64(40) {
			at := 1_700_000_000_000 + i*60_000
			if id == 3 {
				at = 1_700_000_000_000 + i*i*7_001
			}
			s.Points = append(s.Points, Point{at, layers.Decimal{Coefficient: 7000 + i*int64(id)%7, Exponent: -4}})
		}
		series = append(series, s)
	}
	series[1].Points = slices.Delete(series[1].Points, 11, 12)
	series[2].Points[5].Value = layers.Decimal{Coefficient: 70, Exponent: -2}
	series[4].Points = nil
	value, err := Encode(series)
	if err != nil {
		tb.Fatal(err)
	}
	return series, value
}

func TestEveryFlippedBitIsFoundAndHurtsNoOtherBlock(t *testing.T) {
	series, value := small(t)
	sound, err := Open(value)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(value) {
		value[bit/8] ^= 1 << (bit % 8)
		if err := hurt(sound.directory, bit/8, series, value); err != nil {
			t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
		value[bit/8] ^= 1 << (bit % 8)
	}
}

// hurt says what is wrong with how a value behaves whose byte at the offset changed.
func hurt(d directory, offset int, series []Series, value []byte) error {
	in := func(b block) bool { return offset >= b.offset && offset < b.offset+b.length }
	within := offset >= d.columns[0].block.offset && offset < len(value)-padding
	s, err := Open(value)
	if within != (err == nil) || err != nil && !errors.Is(err, ErrDamaged) {
		return fmt.Errorf("open: %w", err)
	}
	if err != nil {
		return nil
	}
	for i, e := range d.series {
		points, err := s.Points(nil, e.id)
		damaged := e.count > 0 && (in(e.block) || in(d.columns[e.column].block))
		if damaged != errors.Is(err, ErrDamaged) || !damaged && !cmp.Equal(points, series[i].Points) || damaged && points != nil {
			return fmt.Errorf("series %d: %d points, %w", e.id, len(points), err)
		}
	}
	return nil
}

func TestEveryTruncatedValueIsRefused(t *testing.T) {
	_, value := small(t)
	for n := range value {
		if _, err := Open(value[:n:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d of %d bytes: %v", n, len(value), err)
		}
	}
}

func TestSeriesThatCannotBeKeptAreRefused(t *testing.T) {
	one := layers.Decimal{Coefficient: 1}
	tests := map[string][]Series{
		"an id twice":             {{ID: 1}, {ID: 2}, {ID: 1}},
		"a time twice":            {{Points: []Point{{5, one}, {5, one}}}},
		"times that go back":      {{Points: []Point{{5, one}, {4, one}}}},
		"a time beyond the range": {{Points: []Point{{maxTime + 1, one}}}},
		"a time before the range": {{Points: []Point{{-maxTime - 1, one}}}},
	}
	for name, series := range tests {
		t.Run(name, func(t *testing.T) {
			if value, err := Encode(series); !errors.Is(err, ErrSeries) || value != nil {
				t.Errorf("%d bytes, %v", len(value), err)
			}
		})
	}
}

// FuzzOpen gives the fuzzer a sound frame and checksum around any directory.
func FuzzOpen(f *testing.F) {
	_, value := small(f)
	length := int(value[1])
	f.Add(value[2:2+length], value[2+length+checksumSize:len(value)-padding])
	f.Fuzz(func(t *testing.T, directory, blocks []byte) {
		if len(directory) > 127 {
			return // the length would take another byte
		}
		head := append([]byte{format, byte(len(directory))}, directory...)
		value := slices.Concat(appendChecksum(head, checksum(head)), blocks, make([]byte, padding))
		s, err := Open(value)
		if err != nil {
			return
		}
		for id := range s.IDs() {
			points, err := s.Points(nil, id)
			if count, _, _, ok := s.Info(id); !ok || err == nil && count != len(points) || cap(points) > 2*maxExpansion*len(value) {
				t.Fatalf("series %d: %d points, room for %d, in %d bytes", id, len(points), cap(points), len(value))
			}
		}
	})
}

// FuzzBlocks takes any bytes for blocks whose checksums were right.
func FuzzBlocks(f *testing.F) {
	series, value := small(f)
	s, err := Open(value)
	if err != nil {
		f.Fatal(err)
	}
	for i, e := range s.directory.series[:4] {
		c := s.directory.columns[e.column]
		f.Add(uint16(c.count), e.presence, series[i].Points[0].Time, c.last,
			value[c.block.offset:][:c.block.length], value[e.block.offset:][:e.block.length])
	}
	f.Fuzz(func(_ *testing.T, count uint16, presence int, first, last int64, column, block []byte) {
		points := make([]Point, int(count)+1)
		e := seriesEntry{count: max(1, len(points)/2), presence: max(0, min(presence, len(block))), first: first, last: last}
		decodeColumn(points, columnEntry{count: len(points), first: first, last: last}, padded(column))
		b := padded(block)
		keepPresent(slices.Clone(points), e, b)
		decodeValues(points, b.skip(e.presence))
		decodePrices(make([]layers.Candle, len(points)), b)
	})
}

func padded(b []byte) body { return body{append(slices.Clone(b), make([]byte, padding)...), len(b)} }
