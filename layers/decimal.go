package layers

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Limits of a [Decimal]: what an int64 coefficient can hold, and exponents wide
// enough for every price a public API has been seen to print.
const (
	maxDigits      = 18
	minExponent    = -60
	maxExponent    = 60
	maxDecimalText = 128
)

// Errors of [ParseDecimal].
var (
	// ErrDecimalSyntax says that the text is no plain decimal number. NaN,
	// infinities, hexadecimal, digit separators and signs other than one leading
	// minus are no decimal numbers.
	ErrDecimalSyntax = errors.New("not a decimal number")
	// ErrDecimalRange says that the number has more than 18 significant digits or
	// an exponent beyond ±60, so it cannot be kept exactly.
	ErrDecimalRange = errors.New("decimal number out of range")
)

// Decimal is an exact decimal number, Coefficient × 10^Exponent. Trailing zeros
// are kept as they were given (0.7070 has coefficient 7070), so that a price is
// written back as its source wrote it; [Decimal.Cmp] compares by value.
// The zero value is 0.
type Decimal struct {
	Coefficient int64
	Exponent    int8
}

// ParseDecimal reads text such as "0.0707", "62641.967327043465" or "1.2e-7",
// the number grammar of JSON with leading zeros allowed, without any rounding.
// It returns [ErrDecimalSyntax] or [ErrDecimalRange], wrapped with the text.
func ParseDecimal(text string) (Decimal, error) {
	if len(text) > maxDecimalText {
		return Decimal{}, fmt.Errorf("%w: %d characters", ErrDecimalRange, len(text))
	}
	digits, exponent, negative, ok := splitDecimal(text)
	if !ok {
		return Decimal{}, fmt.Errorf("%w: %q", ErrDecimalSyntax, text)
	}
	digits = strings.TrimLeft(digits, "0")
	for len(digits) > maxDigits && digits[len(digits)-1] == '0' {
		digits, exponent = digits[:len(digits)-1], exponent+1
	}
	if len(digits) > maxDigits || exponent < minExponent || exponent > maxExponent {
		return Decimal{}, fmt.Errorf("%w: %q", ErrDecimalRange, text)
	}
	var coefficient int64
	for _, d := range []byte(digits) {
		coefficient = coefficient*10 + int64(d-'0')
	}
	if negative {
		coefficient = -coefficient
	}
	return Decimal{Coefficient: coefficient, Exponent: int8(exponent)}, nil
}

// splitDecimal takes text apart into its digits without the point, the exponent
// that goes with them, and the sign.
func splitDecimal(text string) (digits string, exponent int, negative, ok bool) {
	mantissa, power, hasPower := strings.Cut(strings.ToLower(text), "e")
	if hasPower {
		p, err := strconv.Atoi(power)
		if err != nil || len(power) > 5 {
			return "", 0, false, false
		}
		exponent = p
	}
	mantissa, negative = strings.CutPrefix(mantissa, "-")
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	digits = whole + fraction
	if whole == "" || (hasPoint && fraction == "") || strings.Trim(digits, "0123456789") != "" {
		return "", 0, false, false
	}
	return digits, exponent - len(fraction), negative, true
}

// String writes d in plain notation with exactly the digits it holds, without an
// exponent: "0.0707", "115730.07", "1500".
func (d Decimal) String() string {
	digits := strconv.FormatInt(d.Coefficient, 10)
	digits, negative := strings.CutPrefix(digits, "-")
	switch {
	case d.Exponent > 0 && d.Coefficient != 0:
		digits += strings.Repeat("0", int(d.Exponent))
	case d.Exponent < 0:
		places := -int(d.Exponent)
		if len(digits) <= places {
			digits = strings.Repeat("0", places-len(digits)+1) + digits
		}
		digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if negative {
		return "-" + digits
	}
	return digits
}

// MarshalJSON writes d as a JSON number with all its digits.
func (d Decimal) MarshalJSON() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalJSON reads a JSON number, exactly.
func (d *Decimal) UnmarshalJSON(text []byte) (err error) {
	*d, err = ParseDecimal(string(text))
	return err
}

// exactPowers are the powers of ten that a float64 holds exactly.
var exactPowers = [...]float64{
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
}

// Float64 returns the float64 nearest to d.
func (d Decimal) Float64() float64 {
	// Both operands are exact, so the one division or multiplication rounds correctly
	// (Clinger 1990, the fast path of strconv.ParseFloat).
	const exact = 1 << 53
	if -exact <= d.Coefficient && d.Coefficient <= exact {
		switch {
		case d.Exponent <= 0 && -int(d.Exponent) < len(exactPowers):
			return float64(d.Coefficient) / exactPowers[-int(d.Exponent)]
		case d.Exponent > 0 && int(d.Exponent) < len(exactPowers):
			return float64(d.Coefficient) * exactPowers[d.Exponent]
		}
	}
	f, err := strconv.ParseFloat(strconv.FormatInt(d.Coefficient, 10)+"e"+strconv.Itoa(int(d.Exponent)), 64)
	if err != nil {
		return math.NaN() // not reachable: 18 digits and an exponent within ±127 are in range
	}
	return f
}

// IsPositive says whether d is greater than zero.
func (d Decimal) IsPositive() bool { return d.Coefficient > 0 }

// Cmp compares by value: -1, 0 or +1 as d is less than, equal to or greater than
// other; 0.70 equals 0.7.
func (d Decimal) Cmp(other Decimal) int {
	a, b := d.normal(), other.normal()
	if a == b {
		return 0
	}
	if c := cmp.Compare(sign(a.Coefficient), sign(b.Coefficient)); c != 0 {
		return c
	}
	// Same sign, unequal: the one with more digits before the point is farther from
	// zero; with equally many the coefficients, written to equal length, decide.
	x, y := abs(a.Coefficient), abs(b.Coefficient)
	c := cmp.Compare(len(x)+int(a.Exponent), len(y)+int(b.Exponent))
	if c == 0 {
		c = strings.Compare(x, y)
	}
	return c * sign(a.Coefficient)
}

// Round returns d with no more than that many significant digits, at least one, a
// tie going to the even neighbour. What has no more is returned as it is, trailing
// zeros and all; of what is rounded, trailing zeros are left out.
func (d Decimal) Round(digits int) Decimal {
	drop := countDigits(d.Coefficient) - max(digits, 1)
	if drop <= 0 || int(d.Exponent)+drop > math.MaxInt8 {
		return d
	}
	unit := int64(1)
	for range drop {
		unit *= 10
	}
	quotient, rest := d.Coefficient/unit, d.Coefficient%unit
	over := max(rest, -rest)
	// Comparing what is over with what is missing cannot overflow as doubling it could.
	if c := cmp.Compare(over, unit-over); c > 0 || c == 0 && quotient%2 != 0 {
		quotient += int64(sign(rest))
	}
	return Decimal{Coefficient: quotient, Exponent: d.Exponent + int8(drop)}.normal()
}

// normal drops trailing zeros, so that equal values become equal structs.
func (d Decimal) normal() Decimal {
	if d.Coefficient == 0 {
		return Decimal{}
	}
	for d.Coefficient%10 == 0 && d.Exponent < math.MaxInt8 {
		d.Coefficient, d.Exponent = d.Coefficient/10, d.Exponent+1
	}
	return d
}

func sign(n int64) int { return cmp.Compare(n, 0) }

// countDigits is len(abs(n)), without writing the digits: every price goes through it.
func countDigits(n int64) int {
	count := 1
	for ; n < -9 || n > 9; n /= 10 {
		count++
	}
	return count
}

func abs(n int64) string {
	text, _ := strings.CutPrefix(strconv.FormatInt(n, 10), "-")
	return text
}
