package storage

import (
	"encoding/binary"
	"fmt"
	"math"

	"strata/layers"
)

// segmentKey orders segments by day and then by series, so that the segments that
// are being written to lie side by side, and the oldest come first.
func segmentKey(day int64, id seriesID) []byte {
	key := binary.BigEndian.AppendUint32(make([]byte, 0, 8), uint32(day))
	return binary.BigEndian.AppendUint32(key, uint32(id))
}

// encodeSegment writes the points of one series and day, ordered by time, as the
// value that belongs under key.
func encodeSegment(key []byte, points []point) []byte {
	var times, exponents, coefficients column
	last := point{millis: segmentStart(key)}
	var step int64
	for _, p := range points {
		times.add(p.millis - last.millis - step)
		exponents.add(int64(p.price.Exponent) - int64(last.price.Exponent))
		coefficients.add(p.price.Coefficient - rescale(last.price, p.price.Exponent))
		step, last = p.millis-last.millis, p
	}
	times.flush()
	exponents.flush()
	coefficients.flush()
	value := binary.AppendUvarint(nil, uint64(len(points)))
	value = appendBytes(value, times.bytes)
	value = appendBytes(value, exponents.bytes)
	return seal(bucketSegments, key, append(value, coefficients.bytes...))
}

// decodeSegment reads a value of encodeSegment.
func decodeSegment(key, value []byte) ([]point, error) {
	if len(key) != 8 {
		return nil, fmt.Errorf("%w key: %d bytes instead of 8", ErrDamaged, len(key))
	}
	body, err := unseal(bucketSegments, key, value)
	if err != nil {
		return nil, err
	}
	return decodeSegmentBody(segmentStart(key), body)
}

func decodeSegmentBody(start int64, body []byte) ([]point, error) {
	count, rest, ok := cutUvarint(body)
	if !ok || count > maxRun*uint64(len(body)) {
		return nil, fmt.Errorf("%w segment: count of samples", ErrDamaged)
	}
	var times, exponents, coefficients columnReader
	if times.bytes, rest, ok = cutBytes(rest); ok {
		exponents.bytes, coefficients.bytes, ok = cutBytes(rest)
	}
	if !ok {
		return nil, fmt.Errorf("%w segment: length of a column", ErrDamaged)
	}
	points := make([]point, 0, count)
	last := point{millis: start}
	var step int64
	for range count {
		p, next, ok := nextPoint(last, step, &times, &exponents, &coefficients)
		if !ok || p.millis >= start+dayMillis || (next == 0 && len(points) > 0) {
			return nil, fmt.Errorf("%w segment: sample %d of %d", ErrDamaged, len(points)+1, count)
		}
		points, last, step = append(points, p), p, next
	}
	if !times.done() || !exponents.done() || !coefficients.done() {
		return nil, fmt.Errorf("%w segment: more than %d samples", ErrDamaged, count)
	}
	return points, nil
}

// nextPoint reads one sample, given the one before and the step that led to it.
func nextPoint(last point, step int64, times, exponents, coefficients *columnReader) (point, int64, bool) {
	change, ok1 := times.next()
	power, ok2 := exponents.next()
	residual, ok3 := coefficients.next()
	if !ok1 || !ok2 || !ok3 || change < -dayMillis || change > dayMillis || power < -256 || power > 256 {
		return point{}, 0, false
	}
	step += change
	exponent := int64(last.price.Exponent) + power
	if step < 0 || exponent < math.MinInt8 || exponent > math.MaxInt8 {
		return point{}, 0, false
	}
	price := layers.Decimal{Exponent: int8(exponent)}
	price.Coefficient = rescale(last.price, price.Exponent) + residual
	return point{millis: last.millis + step, price: price}, step, price.Coefficient > 0
}

// rescale writes the coefficient of d as it would be with another exponent, cutting
// off what does not fit. It is what the next price is guessed to be, so any value
// that coder and decoder agree on is right; where there is no better it is 0.
func rescale(d layers.Decimal, exponent int8) int64 {
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

// segmentStart is the midnight that a segment's key names, in unix milliseconds.
func segmentStart(key []byte) int64 {
	return int64(binary.BigEndian.Uint32(key)) * dayMillis
}
