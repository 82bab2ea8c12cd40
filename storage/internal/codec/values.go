package codec

import (
	"encoding/binary"
	"iter"

	"strata/layers"
)

// How the exponents of values are kept, the first byte of their block.
const (
	modeCommon   = iota // see exponents
	modeExplicit        // each on its own
	modePadded          // one for all, and all coefficients end in the same number of zeros, or more
)

// encodeValues writes the values of points, of which there is at least one, as the
// difference of each from the one before.
func encodeValues(points []Point) []byte {
	x, ok := commonExponents(valuesOf(points))
	if !ok {
		return encodeExplicit(points)
	}
	head, zeros := []byte{modeCommon, byte(x.lowest), byte(x.highest)}, 0
	if x.lowest == x.highest {
		zeros = commonZeros(valuesOf(points))
	}
	if zeros > 0 {
		head = []byte{modePadded, byte(x.lowest), byte(zeros)}
	}
	deltas := make([]int64, len(points))
	last := int64(0)
	for i, p := range points {
		c, _ := rescale(p.Value, x.lowest)
		c /= power10(zeros)
		deltas[i], last = c-last, c
	}
	w := bitWriter{bytes: binary.AppendVarint(head, deltas[0])}
	w.integers(deltas[1:])
	return w.finish()
}

func valuesOf(points []Point) iter.Seq[layers.Decimal] {
	return func(yield func(layers.Decimal) bool) {
		for _, p := range points {
			if !yield(p.Value) {
				return
			}
		}
	}
}

// encodeExplicit writes the change of each exponent, and the difference of each
// coefficient from the value before written with the new exponent.
func encodeExplicit(points []Point) []byte {
	powers, residuals := make([]int64, len(points)), make([]int64, len(points))
	var last layers.Decimal
	for i, p := range points {
		guess, _ := rescale(last, p.Value.Exponent)
		powers[i] = int64(p.Value.Exponent) - int64(last.Exponent)
		residuals[i] = p.Value.Coefficient - guess
		last = p.Value
	}
	w := bitWriter{bytes: []byte{modeExplicit}}
	w.integers(powers)
	w.integers(residuals)
	return w.finish()
}

// decodeValues fills in the values of points.
func decodeValues(points []Point, b body) bool {
	switch {
	case b.length > 3 && b.bytes[0] == modeCommon:
		return decodeCommon(points, exponents{int8(b.bytes[1]), int8(b.bytes[2])}, b.skip(3))
	case b.length > 3 && b.bytes[0] == modePadded && b.bytes[2] <= maxZeros:
		return decodePadded(points, int8(b.bytes[1]), power10(int(b.bytes[2])), b.skip(3))
	case b.length > 1 && b.bytes[0] == modeExplicit:
		return decodeExplicit(points, b.skip(1))
	}
	return false
}

func decodeCommon(points []Point, x exponents, b body) bool {
	c, n := binary.Varint(b.bytes[:b.length])
	if n <= 0 {
		return false
	}
	r := b.skip(n).reader()
	points[0].Value = x.decimal(c)
	rest, deltas := points[1:], r.integers()
	for i, delta := range deltas.all(len(rest)) {
		c += delta
		rest[i].Value = x.decimal(c)
	}
	return r.done()
}

func decodePadded(points []Point, exponent int8, unit int64, b body) bool {
	c, n := binary.Varint(b.bytes[:b.length])
	if n <= 0 {
		return false
	}
	r := b.skip(n).reader()
	points[0].Value = layers.Decimal{Coefficient: c * unit, Exponent: exponent}
	rest, deltas := points[1:], r.integers()
	for i, delta := range deltas.all(len(rest)) {
		c += delta
		rest[i].Value = layers.Decimal{Coefficient: c * unit, Exponent: exponent}
	}
	return r.done()
}

func decodeExplicit(points []Point, b body) bool {
	r := b.reader()
	powers, exponent := r.integers(), int64(0)
	for i, power := range powers.all(len(points)) {
		exponent += power
		if exponent != int64(int8(exponent)) {
			return false
		}
		points[i].Value.Exponent = int8(exponent)
	}
	residuals, last := r.integers(), layers.Decimal{}
	for i, residual := range residuals.all(len(points)) {
		guess, _ := rescale(last, points[i].Value.Exponent)
		points[i].Value.Coefficient = guess + residual
		last = points[i].Value
	}
	return r.done()
}
