package codec

import (
	"iter"
	"math"

	"strata/layers"
)

// exponents are the lowest and the highest exponent of some decimals. They can do
// without exponents of their own if each is what is left after writing all of them
// at the lowest exponent and stripping trailing zeros up to the highest: that is so
// where all have the same one, and for numbers as JSON has them, 0.707 among 0.7071.
type exponents struct{ lowest, highest int8 }

// commonExponents returns the exponents of values, and whether they will do.
func commonExponents(values iter.Seq[layers.Decimal]) (exponents, bool) {
	x := exponents{math.MaxInt8, math.MinInt8}
	for v := range values {
		x.lowest, x.highest = min(x.lowest, v.Exponent), max(x.highest, v.Exponent)
	}
	if x.lowest == x.highest {
		return x, true
	}
	for v := range values {
		c, ok := rescale(v, x.lowest)
		if !ok || x.decimal(c) != v {
			return exponents{}, false
		}
	}
	return x, true
}

// decimal returns what has the coefficient c at the lowest exponent.
func (x exponents) decimal(c int64) layers.Decimal {
	e := x.lowest
	for e < x.highest && c%10 == 0 {
		c, e = c/10, e+1
	}
	return layers.Decimal{Coefficient: c, Exponent: e}
}

// rescale writes the coefficient of d as it would be with another exponent, cutting
// off digits. It is not ok, and returns 0, if that does not fit.
func rescale(d layers.Decimal, exponent int8) (int64, bool) {
	c := d.Coefficient
	for e := d.Exponent; e > exponent && c != 0; e-- {
		if c > math.MaxInt64/10 || c < math.MinInt64/10 {
			return 0, false
		}
		c *= 10
	}
	for e := d.Exponent; e < exponent && c != 0; e++ {
		c /= 10
	}
	return c, true
}

// maxZeros is how many zeros an int64 other than 0 can end in.
const maxZeros = 18

// commonZeros returns in how many zeros the coefficients of all values end: exchanges
// print more digits than their prices move by, 0.7253000 after 0.7252000.
func commonZeros(values iter.Seq[layers.Decimal]) int {
	zeros, unit := maxZeros, power10(maxZeros)
	for v := range values {
		for v.Coefficient%unit != 0 {
			zeros, unit = zeros-1, unit/10
		}
	}
	return zeros
}

// power10 returns 10^n, for n from 0 to maxZeros.
func power10(n int) int64 {
	power := int64(1)
	for range n {
		power *= 10
	}
	return power
}
