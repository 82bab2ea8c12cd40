package storage

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// entry is one value of a row: the time of the row is the time of all its entries.
type entry struct {
	id    seriesID
	value layers.Decimal // greater than zero
}

func compareEntry(e entry, id seriesID) int { return cmp.Compare(e.id, id) }

// find returns the entry of a series. Entries are ordered by series.
func find(entries []entry, id seriesID) (entry, bool) {
	i, found := slices.BinarySearchFunc(entries, id, compareEntry)
	if !found {
		return entry{}, false
	}
	return entries[i], true
}

// inOrder orders entries by series. Of one series the first one given stays.
func inOrder(entries []entry) []entry {
	byID := func(a, b entry) int { return cmp.Compare(a.id, b.id) }
	if !slices.IsSortedFunc(entries, byID) { // they mostly are
		slices.SortStableFunc(entries, byID)
	}
	return slices.CompactFunc(entries, func(a, b entry) bool { return a.id == b.id })
}

// rowKey orders rows by time.
func rowKey(millis int64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8), uint64(millis))
}

func rowMillis(key []byte) int64 { return int64(binary.BigEndian.Uint64(key)) }

// hourBounds returns the times [from, to) of the rows of an hour.
func hourBounds(hour int64) (from, to int64) {
	return pieces.spanStart(uint32(hour)), pieces.spanEnd(uint32(hour)) + 1
}

// rowKeys copies the keys of the rows of [from, to).
func rowKeys(tx *bbolt.Tx, from, to int64) [][]byte {
	return keysBetween(bucket(tx, bucketCycles), rowKey(from), rowKey(to), math.MaxInt)
}

// cutUvarint takes a varint off the front.
func cutUvarint(b []byte) (value uint64, rest []byte, ok bool) {
	value, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, false
	}
	return value, b[n:], true
}

// cutBytes takes a length and as many bytes off the front.
func cutBytes(b []byte) (value, rest []byte, ok bool) {
	n, rest, ok := cutUvarint(b)
	if !ok || n > uint64(len(rest)) {
		return nil, nil, false
	}
	return rest[:n], rest[n:], true
}

// appendBytes appends a length and the bytes.
func appendBytes(b, value []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(value))), value...)
}
