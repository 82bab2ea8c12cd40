package decode

import (
	"encoding/binary"

	"strata/layers"
)

const (
	maxDigits = 18 // what an int64 holds for certain
	maxLength = 60 // of a number: how long a fraction a [layers.Decimal] takes
)

// decimal is [layers.ParseDecimal] for bytes.
func decimal(text []byte) (layers.Decimal, error) {
	if d, ok := plainDecimal(text); ok {
		return d, nil
	}
	return layers.ParseDecimal(string(text))
}

// plainDecimal reads digits, maybe with a sign before and a point among them, which
// is how sources write nearly all prices. It returns false for anything else, which
// may be a number all the same.
func plainDecimal(text []byte) (d layers.Decimal, ok bool) {
	negative := len(text) > 0 && text[0] == '-'
	if negative {
		text = text[1:]
	}
	if len(text) > maxLength {
		return layers.Decimal{}, false
	}
	point := leadingDigits(text)
	whole, fraction := text[:point], text[point:]
	if point < len(text) {
		fraction = fraction[1:]
		if text[point] != '.' || len(fraction) == 0 || leadingDigits(fraction) < len(fraction) {
			return layers.Decimal{}, false
		}
	}
	d.Exponent = int8(-len(fraction))
	if whole = withoutZeros(whole); len(whole) == 0 {
		fraction = withoutZeros(fraction)
	}
	if point == 0 || len(whole)+len(fraction) > maxDigits {
		return layers.Decimal{}, false
	}
	d.Coefficient = number(number(0, whole), fraction)
	if negative {
		d.Coefficient = -d.Coefficient
	}
	return d, true
}

// withoutZeros cuts the zeros off that digits begin with.
func withoutZeros(digits []byte) []byte {
	for len(digits) > 0 && digits[0] == '0' {
		digits = digits[1:]
	}
	return digits
}

// isPlainString says whether text is a string without escapes and of ASCII alone.
func isPlainString(text []byte) bool {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return false
	}
	text = text[1 : len(text)-1]
	for ; len(text) >= 8; text = text[8:] {
		if word := binary.LittleEndian.Uint64(text); (special(word)|word)&highBits != 0 {
			return false
		}
	}
	for _, c := range text {
		if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
