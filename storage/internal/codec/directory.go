package codec

import (
	"cmp"
	"encoding/binary"
	"slices"
)

const (
	format       = 1
	checksumSize = 4
)

// block is a run of bytes of a value with its checksum.
type block struct {
	offset, length int
	checksum       uint32
}

// columnEntry describes a time column.
type columnEntry struct {
	count       int
	first, last int64 // unix milliseconds
	block       block
}

// seriesEntry describes a series: which points of which column it has, and where.
type seriesEntry struct {
	id          uint32
	count       int
	first, last int64 // unix milliseconds
	column      int
	presence    int // length of the part of block that says which; 0 means all
	block       block
}

// directory says what is where in a value.
type directory struct {
	columns []columnEntry
	series  []seriesEntry // by id
}

func (d *directory) find(id uint32) (seriesEntry, bool) {
	n, ok := slices.BinarySearchFunc(d.series, id, func(e seriesEntry, id uint32) int { return cmp.Compare(e.id, id) })
	if !ok {
		return seriesEntry{}, false
	}
	return d.series[n], true
}

// append writes the head of a value: format, length, directory, checksum.
func (d *directory) append(value []byte) []byte {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(d.columns)))
	for _, c := range d.columns {
		b = binary.AppendUvarint(b, uint64(c.count))
		b = binary.AppendVarint(b, c.first)
		b = binary.AppendUvarint(b, uint64(c.last-c.first))
		b = c.block.append(b)
	}
	b = binary.AppendUvarint(b, uint64(len(d.series)))
	next := uint32(0)
	for _, e := range d.series {
		b = binary.AppendUvarint(b, uint64(e.id-next))
		next = e.id + 1
		b = d.appendPlace(b, e)
	}
	value = binary.AppendUvarint(append(value, format), uint64(len(b)))
	value = append(value, b...)
	return appendChecksum(value, checksum(value))
}

// appendPlace writes where the points of a series are: its column, counted from 1,
// or 0 if it has none.
func (d *directory) appendPlace(b []byte, e seriesEntry) []byte {
	if e.count == 0 {
		return append(b, 0)
	}
	c := d.columns[e.column]
	b = binary.AppendUvarint(b, uint64(e.column)+1)
	if b = binary.AppendUvarint(b, uint64(e.presence)); e.presence > 0 {
		b = binary.AppendUvarint(b, uint64(e.count))
		b = binary.AppendUvarint(b, uint64(e.first-c.first))
		b = binary.AppendUvarint(b, uint64(c.last-e.last))
	}
	return e.block.append(b)
}

func (b block) append(bytes []byte) []byte {
	return appendChecksum(binary.AppendUvarint(bytes, uint64(b.length)), b.checksum)
}
