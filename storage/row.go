package storage

import (
	"cmp"
	"encoding/binary"
	"fmt"
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

// rowKey orders rows by time.
func rowKey(millis int64) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 0, 8), uint64(millis))
}

func rowMillis(key []byte) int64 { return int64(binary.BigEndian.Uint64(key)) }

// hourBounds returns the times [from, to) of the rows of an hour.
func hourBounds(hour int64) (from, to int64) {
	if from = hour*hourMillis + 1; hour == 0 {
		from = 0
	}
	return from, (hour+1)*hourMillis + 1
}

// rowKeys copies the keys of the rows of [from, to).
func rowKeys(tx *bbolt.Tx, from, to int64) [][]byte {
	return keysBetween(bucket(tx, bucketCycles), rowKey(from), rowKey(to), math.MaxInt)
}

// encodeRow writes entries, ordered by series, as the value that belongs under key.
func encodeRow(key []byte, entries []entry) []byte {
	value := binary.AppendUvarint(nil, uint64(len(entries)))
	var last seriesID
	for _, e := range entries {
		value = binary.AppendUvarint(value, uint64(e.id-last))
		value = binary.AppendVarint(value, int64(e.value.Exponent))
		value = binary.AppendUvarint(value, uint64(e.value.Coefficient))
		last = e.id
	}
	return seal(bucketCycles, key, value)
}

// decodeRow reads a value of encodeRow.
func decodeRow(key, value []byte) ([]entry, error) {
	if len(key) != 8 || rowMillis(key) < 0 || rowMillis(key) >= maxMillis {
		return nil, fmt.Errorf("%w key: no time", ErrDamaged)
	}
	body, err := unseal(bucketCycles, key, value)
	if err != nil {
		return nil, err
	}
	return decodeRowBody(body)
}

func decodeRowBody(body []byte) ([]entry, error) {
	count, rest, ok := cutUvarint(body)
	if !ok || count > uint64(len(rest)) {
		return nil, fmt.Errorf("%w row: count of samples", ErrDamaged)
	}
	entries := make([]entry, 0, count)
	var last seriesID
	for range count {
		var e entry
		if e, rest, ok = cutEntry(rest, last); !ok || (e.id == last && len(entries) > 0) {
			return nil, fmt.Errorf("%w row: sample %d of %d", ErrDamaged, len(entries)+1, count)
		}
		entries, last = append(entries, e), e.id
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w row: more than %d samples", ErrDamaged, count)
	}
	return entries, nil
}

// cutEntry reads one entry, given the series of the one before.
func cutEntry(row []byte, last seriesID) (entry, []byte, bool) {
	step, rest, ok1 := cutUvarint(row)
	exponent, rest, ok2 := cutUvarint(rest)
	coefficient, rest, ok3 := cutUvarint(rest)
	ok := ok1 && ok2 && ok3 && step <= math.MaxUint32-uint64(last) && exponent <= math.MaxUint8 &&
		coefficient > 0 && coefficient <= math.MaxInt64
	value := layers.Decimal{Coefficient: int64(coefficient), Exponent: int8(unzigzag(exponent))}
	return entry{id: last + seriesID(step), value: value}, rest, ok
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
