package collector

import (
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// tetherSlug is the token whose price turns prices in [USDT] into US dollars.
const tetherSlug = "tether"

// dollarDigits are kept of a price that was turned into dollars (ADR 9).
const dollarDigits = 8

// inDollars turns an amount into US dollars at a rate: the exact product, rounded to 8
// significant digits, half to even.
func inDollars(amount, rate layers.Decimal) layers.Decimal {
	exponent := int(amount.Exponent) + int(rate.Exponent)
	hi, lo := bits.Mul64(uint64(max(amount.Coefficient, 0)), uint64(max(rate.Coefficient, 0)))
	if hi == 0 && lo>>63 == 0 && -128 <= exponent && exponent <= 127 {
		return layers.Decimal{Coefficient: int64(lo), Exponent: int8(exponent)}.Round(dollarDigits)
	}
	return manyDigits(amount, rate, exponent).Round(dollarDigits)
}

// manyDigits is a product of more digits than a decimal holds, cut so that it still
// rounds as the whole one does: a digit that stands for all that was cut off keeps it
// from looking like a tie.
func manyDigits(amount, rate layers.Decimal, exponent int) layers.Decimal {
	const kept = 17
	digits := new(big.Int).Mul(big.NewInt(amount.Coefficient), big.NewInt(rate.Coefficient)).String()
	if rest := len(digits) - kept; rest > 0 {
		last := "0"
		if strings.Trim(digits[kept:], "0") != "" {
			last = "1"
		}
		digits, exponent = digits[:kept]+last, exponent+rest-1
	}
	d, err := layers.ParseDecimal(digits + "e" + strconv.Itoa(exponent))
	if err != nil {
		return layers.Decimal{} // beyond any number there is, which the next gate says
	}
	return d
}

// medianOf prices, which are sorted on the way; zero for none.
func medianOf(prices []layers.Decimal) layers.Decimal {
	if len(prices) == 0 {
		return layers.Decimal{}
	}
	slices.SortFunc(prices, layers.Decimal.Cmp)
	n := len(prices)
	low, high := prices[(n-1)/2], prices[n/2]
	if low.Cmp(high) == 0 {
		return low
	}
	middle := (low.Float64() + high.Float64()) / 2
	d, err := layers.ParseDecimal(strconv.FormatFloat(middle, 'g', dollarDigits+2, 64))
	if err != nil {
		return low
	}
	return d
}

// lastRate is the median of what the sources last said USDT costs, not longer ago than
// a quote may be; zero when that is not known.
func (c *Collector) lastRate(now time.Time) layers.Decimal {
	place, ok := c.places[tetherSlug]
	if !ok {
		return layers.Decimal{}
	}
	var known []layers.Decimal
	for _, d := range c.desks {
		if m := d.memories[place]; m.known() && now.Sub(m.kept) <= c.opts.MaxAge {
			known = append(known, m.accepted)
		}
	}
	return medianOf(known)
}
