package risk

import (
	"math"
	"math/bits"
)

// exact is a sum of squares of returns as an integer of 256 bits, lowest word first, in
// units of 2⁻¹⁹². What is added is taken away to the last bit, so that the sum is that
// of what is left, whatever came and went. The unit is far below the smallest return of
// two prices, 2⁻⁵⁴, squared; 2⁶⁴ is far above the largest that two decimals can have.
type exact [4]uint64

const exactUnit = -192 // binary logarithm

// add adds a square.
func (e *exact) add(square float64) {
	var carry uint64
	for i, word := range words(square) {
		e[i], carry = bits.Add64(e[i], word, carry)
	}
}

// subtract takes away a square that was added.
func (e *exact) subtract(square float64) {
	var borrow uint64
	for i, word := range words(square) {
		e[i], borrow = bits.Sub64(e[i], word, borrow)
	}
}

// value returns the sum, rounded.
func (e *exact) value() float64 {
	var sum float64
	for i, word := range e {
		sum += math.Ldexp(float64(word), 64*i+exactUnit)
	}
	return sum
}

// words writes a square in units.
func words(square float64) (w exact) {
	if square == 0 {
		return w
	}
	fraction, exponent := math.Frexp(square)
	mantissa := uint64(fraction * (1 << 53))
	shift := exponent - 53 - exactUnit
	if shift < 0 {
		w[0] = mantissa >> -shift
		return w
	}
	word, bit := shift/64, shift%64
	w[word] = mantissa << bit
	if word+1 < len(w) {
		w[word+1] = mantissa >> (64 - bit)
	}
	return w
}
