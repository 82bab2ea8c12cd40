package storage

import (
	"encoding/binary"
	"fmt"
	"math"

	"strata/layers"
)

// What follows reads format version 1, for [Open] to make version 2 of it: a segment
// there held one series of one UTC day, in columns of varints.

// bucketFormat1 holds what is still to be brought over, as it was.
var bucketFormat1 = []byte("format-1")

// maxRun limits how many zeros one code stands for, so that what a value decodes to
// stays in proportion to its bytes; 130 - 3 is the most that one more byte says.
const maxRun = 130

// decodeSeries1 reads a record of a series. There was no field but the price.
func decodeSeries1(key, value []byte) (series, error) {
	if len(key) != 4 {
		return series{}, fmt.Errorf("%w key: %d bytes instead of 4", ErrDamaged, len(key))
	}
	body, err := unseal(bucketSeries, key, value)
	if err != nil {
		return series{}, err
	}
	token, rest, ok1 := cutBytes(body)
	source, rest, ok2 := cutBytes(rest)
	sealed, ok3 := decodeExtent(rest)
	if !ok1 || !ok2 || !ok3 {
		return series{}, fmt.Errorf("%w record of a series", ErrDamaged)
	}
	of := name{string(token), string(source), FieldPrice}
	return series{id: seriesID(binary.BigEndian.Uint32(key)), name: of, sealed: sealed, all: sealed}, nil
}

// segmentStart1 is the midnight that a segment's key names, in unix milliseconds.
func segmentStart1(key []byte) int64 { return int64(binary.BigEndian.Uint32(key)) * dayMillis }

func segmentSeries1(key []byte) seriesID { return seriesID(binary.BigEndian.Uint32(key[4:])) }

// decodeSegment1 reads a segment.
func decodeSegment1(key, value []byte) ([]point, error) {
	if len(key) != 8 {
		return nil, fmt.Errorf("%w key: %d bytes instead of 8", ErrDamaged, len(key))
	}
	body, err := unseal(bucketSegments, key, value)
	if err != nil {
		return nil, err
	}
	return decodeSegmentBody1(segmentStart1(key), body)
}

func decodeSegmentBody1(start int64, body []byte) ([]point, error) {
	count, rest, ok := cutUvarint(body)
	if !ok || count > maxRun*uint64(len(body)) {
		return nil, fmt.Errorf("%w segment: count of samples", ErrDamaged)
	}
	var times, exponents, coefficients column1
	if times.bytes, rest, ok = cutBytes(rest); ok {
		exponents.bytes, coefficients.bytes, ok = cutBytes(rest)
	}
	if !ok {
		return nil, fmt.Errorf("%w segment: length of a column", ErrDamaged)
	}
	points := make([]point, 0, count)
	last := point{Time: start}
	var step int64
	for range count {
		p, next, ok := nextPoint1(last, step, &times, &exponents, &coefficients)
		if !ok || p.Time >= start+dayMillis || (next == 0 && len(points) > 0) {
			return nil, fmt.Errorf("%w segment: sample %d of %d", ErrDamaged, len(points)+1, count)
		}
		points, last, step = append(points, p), p, next
	}
	if !times.done() || !exponents.done() || !coefficients.done() {
		return nil, fmt.Errorf("%w segment: more than %d samples", ErrDamaged, count)
	}
	return points, nil
}

// nextPoint1 reads one sample, given the one before and the step that led to it.
func nextPoint1(last point, step int64, times, exponents, coefficients *column1) (point, int64, bool) {
	change, ok1 := times.next()
	power, ok2 := exponents.next()
	residual, ok3 := coefficients.next()
	if !ok1 || !ok2 || !ok3 || change < -dayMillis || change > dayMillis || power < -256 || power > 256 {
		return point{}, 0, false
	}
	step += change
	exponent := int64(last.Value.Exponent) + power
	if step < 0 || exponent < math.MinInt8 || exponent > math.MaxInt8 {
		return point{}, 0, false
	}
	price := layers.Decimal{Exponent: int8(exponent)}
	price.Coefficient = rescale1(last.Value, price.Exponent) + residual
	return point{Time: last.Time + step, Value: price}, step, price.Coefficient > 0
}

// rescale1 writes the coefficient of d as it would be with another exponent, cutting
// off what does not fit: what the next price was guessed to be.
func rescale1(d layers.Decimal, exponent int8) int64 {
	coefficient := d.Coefficient
	for e := int(d.Exponent); e > int(exponent) && coefficient != 0; e-- {
		if coefficient > math.MaxInt64/10 {
			return 0
		}
		coefficient *= 10
	}
	for e := int(d.Exponent); e < int(exponent) && coefficient != 0; e++ {
		coefficient /= 10
	}
	return coefficient
}

// column1 takes a run of signed integers apart: 0 stands for a zero, 1 followed by n
// for 3 + n zeros, anything else is the zigzag code plus 1.
type column1 struct {
	bytes []byte
	zeros uint64 // still to come of the current run
}

// next returns the next integer, or false when the bytes end or make no sense.
func (c *column1) next() (value int64, ok bool) {
	if c.zeros > 0 {
		c.zeros--
		return 0, true
	}
	var code, n uint64
	code, c.bytes, ok = cutUvarint(c.bytes)
	switch {
	case !ok || code == 0:
		return 0, ok
	case code == 1:
		if n, c.bytes, ok = cutUvarint(c.bytes); !ok || n > maxRun-3 {
			return 0, false
		}
		c.zeros = n + 2
		return 0, true
	}
	return unzigzag(code - 1), true
}

// done says whether the column ended exactly here.
func (c *column1) done() bool { return len(c.bytes) == 0 && c.zeros == 0 }

// decodeRow1 reads a row: of each sample its series, less the one before, its exponent
// and its coefficient.
func decodeRow1(key, value []byte) ([]entry, error) {
	body, err := unseal(bucketCycles, key, value)
	if err != nil {
		return nil, err
	}
	count, rest, ok := cutUvarint(body)
	if !ok || count > uint64(len(rest)) {
		return nil, fmt.Errorf("%w row: count of samples", ErrDamaged)
	}
	entries := make([]entry, 0, count)
	var last seriesID
	for range count {
		var e entry
		if e, rest, ok = cutEntry1(rest, last); !ok || (e.id == last && len(entries) > 0) {
			return nil, fmt.Errorf("%w row: sample %d of %d", ErrDamaged, len(entries)+1, count)
		}
		entries, last = append(entries, e), e.id
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w row: more than %d samples", ErrDamaged, count)
	}
	return entries, nil
}

// cutEntry1 reads one sample of a row, given the series of the one before.
func cutEntry1(row []byte, last seriesID) (entry, []byte, bool) {
	step, rest, ok1 := cutUvarint(row)
	exponent, rest, ok2 := cutUvarint(rest)
	coefficient, rest, ok3 := cutUvarint(rest)
	ok := ok1 && ok2 && ok3 && step <= math.MaxUint32-uint64(last) && exponent <= math.MaxUint8 &&
		coefficient > 0 && coefficient <= math.MaxInt64
	value := layers.Decimal{Coefficient: int64(coefficient), Exponent: int8(unzigzag(exponent))}
	return entry{id: last + seriesID(step), value: value}, rest, ok
}
