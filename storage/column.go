package storage

import "encoding/binary"

// maxRun limits how many zeros one code stands for, so that what a value decodes to
// stays in proportion to its bytes; 130 - 3 is the most that one more byte says.
const maxRun = 130

// column codes signed integers, most of them small or 0, into bytes.
type column struct {
	bytes []byte
	zeros int // pending, not yet written
}

// add appends v, which must not be math.MinInt64.
func (c *column) add(v int64) {
	if v == 0 {
		if c.zeros++; c.zeros == maxRun {
			c.flush()
		}
		return
	}
	c.flush()
	c.bytes = binary.AppendUvarint(c.bytes, zigzag(v)+1)
}

// flush writes the pending zeros.
func (c *column) flush() {
	if c.zeros < 3 {
		c.bytes = append(c.bytes, make([]byte, c.zeros)...)
	} else {
		c.bytes = binary.AppendUvarint(append(c.bytes, 1), uint64(c.zeros-3))
	}
	c.zeros = 0
}

// columnReader takes a column apart again.
type columnReader struct {
	bytes []byte
	zeros uint64 // still to come of the current run
}

// next returns the next integer, or false when the bytes end or make no sense.
func (c *columnReader) next() (int64, bool) {
	if c.zeros > 0 {
		c.zeros--
		return 0, true
	}
	code, ok := c.varint()
	switch {
	case !ok:
		return 0, false
	case code == 0:
		return 0, true
	case code == 1:
		n, ok := c.varint()
		if !ok || n > maxRun-3 {
			return 0, false
		}
		c.zeros = n + 2
		return 0, true
	}
	return unzigzag(code - 1), true
}

func (c *columnReader) varint() (uint64, bool) {
	if len(c.bytes) > 0 && c.bytes[0] < 0x80 { // nearly all are one byte
		b := c.bytes[0]
		c.bytes = c.bytes[1:]
		return uint64(b), true
	}
	v, n := binary.Uvarint(c.bytes)
	if n <= 0 {
		return 0, false
	}
	c.bytes = c.bytes[n:]
	return v, true
}

// done says whether the column ended exactly here.
func (c *columnReader) done() bool { return len(c.bytes) == 0 && c.zeros == 0 }

func zigzag(v int64) uint64   { return uint64(v)<<1 ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
