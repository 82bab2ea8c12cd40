package decode

import (
	"math/bits"

	"strata/layers"
)

// amountDigits is how many significant digits are kept of an amount of money that is
// no price. Sources print up to 17 of a market value that nobody knows to three.
const amountDigits = 8

// Amount is what is kept of a number that nothing depends on, such as a volume or a
// market value: eight significant digits, and 0, which stands for "not given", of
// whatever could not be read or is not positive. It takes the results of [Number] or
// [Quoted] as they are.
func Amount(number layers.Decimal, err error) layers.Decimal {
	if err != nil || !number.IsPositive() {
		return layers.Decimal{}
	}
	return number.Round(amountDigits)
}

// Turnover is what an amount of tokens is worth at a price, as [Amount] keeps it: the
// exact product, rounded; 0 where one of the two is.
func Turnover(amount, price layers.Decimal) layers.Decimal {
	if !amount.IsPositive() || !price.IsPositive() {
		return layers.Decimal{}
	}
	high, low := bits.Mul64(uint64(amount.Coefficient), uint64(price.Coefficient))
	exponent := int(amount.Exponent) + int(price.Exponent)
	for ; high > 0 || low >= 1e18; exponent++ {
		rest := high % 10
		high /= 10
		low, _ = bits.Div64(rest, low, 10)
	}
	if exponent < -60 || exponent > 60 {
		return layers.Decimal{} // no market is that small or large
	}
	return Amount(layers.Decimal{Coefficient: int64(low), Exponent: int8(exponent)}, nil)
}
