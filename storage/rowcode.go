package storage

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"strata/layers"
)

// encodeRow writes entries, ordered by series, as the value that belongs under key. The
// groups and their lengths come first, so that whoever looks for a series or seals some
// groups does not have to read all the others.
func encodeRow(key []byte, entries []entry) []byte {
	const likely = 4 // bytes of an entry
	var heads []byte
	bodies := make([]byte, 0, likely*len(entries))
	groups, next := 0, uint32(0)
	for ; len(entries) > 0; groups++ {
		group := groupOf(entries[0].id)
		n, _ := slices.BinarySearchFunc(entries, group+1, func(e entry, g uint32) int { return int(groupOf(e.id)) - int(g) })
		before := len(bodies)
		bodies = appendEntries(bodies, group, entries[:n])
		heads = binary.AppendUvarint(heads, uint64(group-next))
		heads = binary.AppendUvarint(heads, uint64(len(bodies)-before))
		next, entries = group+1, entries[n:]
	}
	value := make([]byte, 0, binary.MaxVarintLen64+len(heads)+len(bodies)+checksumSize)
	value = binary.AppendUvarint(value, uint64(groups))
	return seal(bucketCycles, key, append(append(value, heads...), bodies...))
}

// appendEntries writes the entries of a group. The exponent shares a varint with the
// step to the id, which is mostly none.
func appendEntries(b []byte, group uint32, entries []entry) []byte {
	next := uint64(group) * groupSize
	for _, e := range entries {
		b = binary.AppendUvarint(b, (uint64(e.id)-next)<<8|zigzag(int64(e.value.Exponent)))
		b = binary.AppendUvarint(b, uint64(e.value.Coefficient))
		next = uint64(e.id) + 1
	}
	return b
}

// row is a value of encodeRow whose checksum and head are right.
type row struct {
	groups        uint64
	heads, bodies []byte
}

// parseRow looks at a row as far as it has to without reading entries.
func parseRow(key, value []byte) (row, error) {
	if len(key) != 8 || rowMillis(key) < 0 || rowMillis(key) >= maxMillis {
		return row{}, fmt.Errorf("%w key: no time", ErrDamaged)
	}
	body, err := unseal(bucketCycles, key, value)
	if err != nil {
		return row{}, err
	}
	return parseRowBody(body)
}

func parseRowBody(body []byte) (row, error) {
	groups, heads, ok := cutUvarint(body)
	rest, left, end := heads, uint64(0), uint64(0)
	for n := uint64(0); ok && n < groups; n++ {
		var step, length uint64
		if step, rest, ok = cutUvarint(rest); ok {
			length, rest, ok = cutUvarint(rest)
		}
		ok = ok && step <= math.MaxUint32/groupSize && length > 0 && length <= uint64(len(rest))
		left, end = left+length, end+step+1
	}
	if !ok || left != uint64(len(rest)) || end > math.MaxUint32/groupSize+1 {
		return row{}, fmt.Errorf("%w row: head", ErrDamaged)
	}
	return row{groups: groups, heads: heads[:len(heads)-len(rest)], bodies: rest}, nil
}

// read appends the entries of the groups [first, end) to dst.
func (r row) read(dst []entry, first, end uint32) ([]entry, error) {
	heads, bodies, group := r.heads, r.bodies, uint64(0)
	for range r.groups {
		step, rest, _ := cutUvarint(heads) // parseRow has been here
		length, rest, _ := cutUvarint(rest)
		if group += step; group >= uint64(end) {
			break
		}
		if group >= uint64(first) {
			var ok bool
			if dst, ok = readEntries(dst, bodies[:length], group); !ok {
				return dst, fmt.Errorf("%w row: samples of group %d", ErrDamaged, group)
			}
		}
		heads, bodies, group = rest, bodies[length:], group+1
	}
	return dst, nil
}

// readEntries reads what appendEntries wrote.
func readEntries(dst []entry, body []byte, group uint64) ([]entry, bool) {
	next, end := group*groupSize, (group+1)*groupSize
	for len(body) > 0 {
		head, rest, ok1 := cutUvarint(body)
		coefficient, rest, ok2 := cutUvarint(rest)
		if !ok1 || !ok2 || head>>8 >= end-next || coefficient == 0 || coefficient > math.MaxInt64 {
			return dst, false
		}
		id := next + head>>8
		value := layers.Decimal{Coefficient: int64(coefficient), Exponent: int8(unzigzag(head & 0xff))}
		dst, body, next = append(dst, entry{id: seriesID(id), value: value}), rest, id+1
	}
	return dst, true
}

// zigzag makes small what is near zero on either side.
func zigzag(v int64) uint64 { return uint64(v)<<1 ^ uint64(v>>63) }

func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }

// decodeRow reads a whole row.
func decodeRow(key, value []byte) ([]entry, error) {
	r, err := parseRow(key, value)
	if err != nil {
		return nil, err
	}
	return r.read(nil, 0, math.MaxUint32)
}
