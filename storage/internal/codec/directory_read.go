package codec

import (
	"encoding/binary"
	"fmt"
)

// openDirectory reads the head of a value and checks it.
func openDirectory(value []byte) (directory, error) {
	if len(value) < 2+checksumSize+padding {
		return directory{}, fmt.Errorf("%w segment: %d bytes are too few", ErrDamaged, len(value))
	}
	c := cursor{bytes: value, end: len(value) - padding}
	if f := c.byte(); !c.bad && f != format {
		return directory{}, fmt.Errorf("%w segment: format %d", ErrDamaged, f)
	}
	length := c.size()
	at := len(value) - len(c.bytes)
	if c.bad || len(c.bytes)-checksumSize-padding < length {
		return directory{}, fmt.Errorf("%w segment: length of the directory", ErrDamaged)
	}
	if checksum(value[:at+length]) != binary.LittleEndian.Uint32(value[at+length:]) {
		return directory{}, fmt.Errorf("%w directory: checksum does not match", ErrDamaged)
	}
	c.bytes, c.offset = c.bytes[:length], at+length+checksumSize
	d := c.directory()
	if c.bad || len(c.bytes) > 0 || c.offset != c.end {
		return directory{}, fmt.Errorf("%w directory", ErrDamaged)
	}
	if binary.BigEndian.Uint64(value[c.offset:]) != 0 {
		return directory{}, fmt.Errorf("%w segment: its end", ErrDamaged)
	}
	return d, nil
}

// cursor reads a directory. What it finds impossible makes it bad, and then it
// returns zeros.
type cursor struct {
	bytes  []byte
	offset int // of the next block in the value
	end    int // of the last block in the value
	bad    bool
}

func (c *cursor) directory() directory {
	var d directory
	d.columns = make([]columnEntry, c.entries())
	for i := range d.columns {
		d.columns[i] = c.column()
	}
	d.series = make([]seriesEntry, c.entries())
	next := uint64(0)
	for i := range d.series {
		id := next + c.uvarint()
		if id < next || id > 1<<32-1 {
			c.bad = true
		}
		next = id + 1
		d.series[i] = c.series(uint32(id), d.columns)
	}
	return d
}

func (c *cursor) column() columnEntry {
	e := columnEntry{count: c.size(), first: c.varint()}
	e.last = e.first + int64(c.uvarint())
	e.block = c.block()
	c.bad = c.bad || e.count == 0 || e.last < e.first || e.first < -maxTime || e.last > maxTime
	return e
}

func (c *cursor) series(id uint32, columns []columnEntry) seriesEntry {
	e := seriesEntry{id: id, column: c.size() - 1}
	if e.column < 0 {
		return seriesEntry{id: id}
	}
	if e.column >= len(columns) {
		c.bad = true
		return seriesEntry{}
	}
	column := columns[e.column]
	e.count, e.first, e.last = column.count, column.first, column.last
	if e.presence = c.size(); e.presence > 0 {
		e.count, e.first, e.last = c.size(), e.first+int64(c.uvarint()), e.last-int64(c.uvarint())
		c.bad = c.bad || e.count == 0 || e.count >= column.count
	}
	e.block = c.block()
	c.bad = c.bad || e.presence > e.block.length || e.first < column.first || e.last > column.last || e.last < e.first
	return e
}

func (c *cursor) block() block {
	b := block{offset: c.offset, length: c.size()}
	if c.offset += b.length; c.offset > c.end || len(c.bytes) < checksumSize {
		c.bad = true
		return block{}
	}
	b.checksum = binary.LittleEndian.Uint32(c.bytes)
	c.bytes = c.bytes[checksumSize:]
	return b
}

// entries reads how many entries follow; each takes two bytes or more.
func (c *cursor) entries() int {
	n := c.size()
	if n > len(c.bytes)/2 {
		c.bad = true
		return 0
	}
	return n
}

// size reads a count or a length, which is in proportion to the value.
func (c *cursor) size() int {
	n := c.uvarint()
	if n > maxExpansion*uint64(c.end) {
		c.bad = true
		return 0
	}
	return int(n)
}

func (c *cursor) byte() byte {
	if len(c.bytes) == 0 {
		c.bad = true
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return b
}

func (c *cursor) uvarint() uint64 {
	v, n := binary.Uvarint(c.bytes)
	if n <= 0 || c.bad {
		c.bad = true
		return 0
	}
	c.bytes = c.bytes[n:]
	return v
}

func (c *cursor) varint() int64 { return unzigzag(c.uvarint()) }
