package decode

import "strata/layers"

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
	point := len(text) // where it stands
	significant := 0
	for i, c := range text {
		switch digit := c - '0'; {
		case digit <= 9:
			d.Coefficient = d.Coefficient*10 + int64(digit)
			if d.Coefficient != 0 {
				significant++
			}
			if significant > maxDigits {
				return layers.Decimal{}, false
			}
		case c == '.' && point == len(text):
			point = i
		default:
			return layers.Decimal{}, false
		}
	}
	fraction := max(0, len(text)-point-1)
	if point == 0 || point == len(text)-1 {
		return layers.Decimal{}, false
	}
	d.Exponent = int8(-fraction)
	if negative {
		d.Coefficient = -d.Coefficient
	}
	return d, true
}

// isPlainString says whether text is a string without escapes and of ASCII alone.
func isPlainString(text []byte) bool {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return false
	}
	for _, c := range text[1 : len(text)-1] {
		if c < ' ' || c >= 0x80 || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
