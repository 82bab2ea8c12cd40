package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"iter"
	"slices"

	"strata/layers"
)

// ErrDamaged says that bytes are not what [Encode] wrote.
var ErrDamaged = errors.New("damaged")

// Point is one value of a series.
type Point struct {
	Time  int64 // unix milliseconds
	Value layers.Decimal
}

// Series is the points of one series, with strictly increasing times.
type Series struct {
	ID     uint32
	Points []Point
}

// Segment reads a value of [Encode]. It refers to the bytes it was opened on, does
// not change, and may be used by several goroutines.
type Segment struct {
	directory directory
	value     []byte
}

// Open checks the directory of a value, and nothing else: blocks are checked when
// they are read. The segment refers to value. The error wraps [ErrDamaged].
func Open(value []byte) (*Segment, error) {
	d, err := openDirectory(value)
	if err != nil {
		return nil, fmt.Errorf("open segment: %w", err)
	}
	return &Segment{directory: d, value: value}, nil
}

// IDs yields the series of the segment, ascending, those without points too.
func (s *Segment) IDs() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, e := range s.directory.series {
			if !yield(e.id) {
				return
			}
		}
	}
}

// Info returns how many points a series has and the times of its first and last,
// in unix milliseconds, without touching its block. It is not ok when the segment
// does not hold the series.
func (s *Segment) Info(id uint32) (count int, first, last int64, ok bool) {
	e, ok := s.directory.find(id)
	return e.count, e.first, e.last, ok
}

// Points appends the points of a series to dst; a series the segment does not hold
// has none. It checks and decodes that series only, and allocates nothing if dst has
// room for the points of its time column. The error wraps [ErrDamaged] and leaves
// dst as it was.
func (s *Segment) Points(dst []Point, id uint32) ([]Point, error) {
	e, ok := s.directory.find(id)
	if !ok || e.count == 0 {
		return dst, nil
	}
	points, err := s.points(dst, e)
	if err != nil {
		return dst, fmt.Errorf("read series %d of segment: %w", id, err)
	}
	return points, nil
}

func (s *Segment) points(dst []Point, e seriesEntry) ([]Point, error) {
	c := s.directory.columns[e.column]
	times, ok := s.block(c.block)
	if !ok {
		return nil, fmt.Errorf("%w time column: checksum does not match", ErrDamaged)
	}
	body, ok := s.block(e.block)
	if !ok {
		return nil, fmt.Errorf("%w block: checksum does not match", ErrDamaged)
	}
	start := len(dst)
	points := slices.Grow(dst, c.count)[:start+c.count]
	added := points[start:]
	if !decodeColumn(added, c, times) {
		return nil, fmt.Errorf("%w time column", ErrDamaged)
	}
	if added, ok = keepPresent(added, e, body); !ok {
		return nil, fmt.Errorf("%w presence of points", ErrDamaged)
	}
	if !decodeValues(added, body.skip(e.presence)) {
		return nil, fmt.Errorf("%w values", ErrDamaged)
	}
	return points[:start+e.count], nil
}

// block returns the bytes of a block if they match its checksum.
func (s *Segment) block(b block) (body, bool) {
	bytes := s.value[b.offset : b.offset+b.length]
	return body{s.value[b.offset : b.offset+b.length+padding], b.length}, checksum(bytes) == b.checksum
}

// body is the bytes of a block followed by padding of any content.
type body struct {
	bytes  []byte
	length int
}

func (b body) skip(n int) body { return body{b.bytes[n:], b.length - n} }

func (b body) reader() bitReader {
	return bitReader{bytes: b.bytes, end: uint(b.length) * 8}
}

func checksum(bytes []byte) uint32 {
	return crc32.Checksum(bytes, crc32.MakeTable(crc32.Castagnoli))
}

func appendChecksum(bytes []byte, sum uint32) []byte {
	return binary.LittleEndian.AppendUint32(bytes, sum)
}
