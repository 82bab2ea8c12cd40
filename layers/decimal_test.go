package layers_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"strata/layers"
)

// decimals draws all that ParseDecimal can return.
func decimals() *rapid.Generator[layers.Decimal] {
	return rapid.Custom(func(t *rapid.T) layers.Decimal {
		digits := rapid.IntRange(1, 18).Draw(t, "digits")
		limit := int64(math.Pow10(digits)) - 1
		return layers.Decimal{
			Coefficient: rapid.Int64Range(-limit, limit).Draw(t, "coefficient"),
			Exponent:    rapid.Int8Range(-60, 60).Draw(t, "exponent"),
		}
	})
}

// plain draws decimal numbers as APIs print them, 0.0707000 with its zeros.
func plain() *rapid.Generator[string] {
	return rapid.StringMatching(`-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,9})?`)
}

// rational is the value of d by another route.
func rational(t interface{ Fatalf(string, ...any) }, d layers.Decimal) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatInt(d.Coefficient, 10) + "e" + strconv.Itoa(int(d.Exponent)))
	if !ok {
		t.Fatalf("%v is no rational number", d)
	}
	return r
}

func TestADecimalIsWrittenAsItWasRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := plain().Draw(t, "text")
		d, err := layers.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		want := text
		if d.Coefficient == 0 {
			want = strings.TrimPrefix(text, "-")
		}
		if d.String() != want {
			t.Fatalf("%q is written as %q", text, d)
		}
	})
}

func TestADecimalSurvivesItsOwnText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimals().Draw(t, "decimal")
		again, err := layers.ParseDecimal(d.String())
		if err != nil {
			t.Fatal(err)
		}
		if rational(t, again).Cmp(rational(t, d)) != 0 || again.String() != d.String() {
			t.Fatalf("%+v is written as %s and read as %+v", d, d, again)
		}
	})
}

func TestADecimalSurvivesJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := plain().Draw(t, "text")
		var d layers.Decimal
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			t.Fatal(err)
		}
		written, err := json.Marshal(d)
		if err != nil || string(written) != d.String() {
			t.Fatalf("%s is marshalled as %s, %v", text, written, err)
		}
	})
}

func TestDecimalsCompareAsRationalNumbersDo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := decimals().Draw(t, "a"), decimals().Draw(t, "b")
		if rapid.Bool().Draw(t, "near") { // same value, or nearly, written in another way
			if scaled := a.Coefficient * 10; scaled/10 == a.Coefficient {
				b = layers.Decimal{Coefficient: scaled + rapid.Int64Range(-1, 1).Draw(t, "off"), Exponent: a.Exponent - 1}
			}
		}
		want := rational(t, a).Cmp(rational(t, b))
		if a.Cmp(b) != want || b.Cmp(a) != -want {
			t.Fatalf("%+v to %+v is %d, back %d, want %d", a, b, a.Cmp(b), b.Cmp(a), want)
		}
	})
}

func TestTheFloatOfADecimalIsTheNearestBitForBit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := decimals().Draw(t, "decimal")
		want, err := strconv.ParseFloat(d.String(), 64)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Float64(); math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s is %v (%#x), want %v (%#x)", d, got, math.Float64bits(got), want, math.Float64bits(want))
		}
	})
}

func TestRoundingKeepsTheDigitsItIsAskedFor(t *testing.T) {
	for _, c := range []struct {
		text   string
		digits int
		want   string
	}{
		{"77953.82550382407", 10, "77953.8255"}, {"0.70699999999999996", 10, "0.707"}, {"62641.967327043465", 10, "62641.96733"},
		{"1.5", 1, "2"}, {"2.5", 1, "2"}, {"-2.5", 1, "-2"}, {"-3.5", 1, "-4"}, {"2.51", 1, "3"}, {"9.96", 2, "10"},
		{"0.7070", 4, "0.7070"}, {"0.7070", 10, "0.7070"}, {"0.70700", 4, "0.707"}, {"999999999999999999", 1, "1000000000000000000"},
		{"0", 3, "0"}, {"0.0000123456", 3, "0.0000123"}, {"123456", 3, "123000"}, {"7", 0, "7"},
	} {
		d, err := layers.ParseDecimal(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Round(c.digits).String(); got != c.want {
			t.Errorf("%s to %d digits is %s, want %s", c.text, c.digits, got, c.want)
		}
	}
}

// The reference is strconv, which rounds the exact decimal expansion of a float64 half
// to even: coefficients up to 2^53 are their own expansion.
func TestRoundingAgreesWithStrconv(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := layers.Decimal{
			Coefficient: rapid.Int64Range(-1<<53, 1<<53).Draw(t, "coefficient"),
			Exponent:    rapid.Int8Range(-60, 60).Draw(t, "exponent"),
		}
		if rapid.Bool().Draw(t, "tie") {
			d.Coefficient = d.Coefficient/1000*1000 + 500
		}
		digits := rapid.IntRange(1, 18).Draw(t, "digits")
		text := strconv.FormatFloat(float64(d.Coefficient), 'e', digits-1, 64)
		want, ok := new(big.Rat).SetString(text)
		scale, _ := new(big.Rat).SetString("1e" + strconv.Itoa(int(d.Exponent)))
		if !ok || rational(t, d.Round(digits)).Cmp(want.Mul(want, scale)) != 0 {
			t.Fatalf("%+v to %d digits is %+v, want %s", d, digits, d.Round(digits), text)
		}
	})
}

func TestTextThatIsNoDecimalIsRefused(t *testing.T) {
	for _, text := range []string{
		"", " ", "1 ", " 1", "+1", "-", "--1", ".", ".5", "1.", "-.5", "1.2.3", "1,5", "1_000", "0x10", "0x1p-2", "1e", "e5",
		"1e1.5", "1e+", "NaN", "nan", "inf", "-Inf", "Infinity", "null", "true", `"1"`, "١", "½", "1e0x1", "1\x00",
	} {
		if d, err := layers.ParseDecimal(text); !errors.Is(err, layers.ErrDecimalSyntax) {
			t.Errorf("%q = %v, %v, want %v", text, d, err, layers.ErrDecimalSyntax)
		}
	}
}

func TestADecimalThatCannotBeExactIsRefused(t *testing.T) {
	for _, text := range []string{
		"1234567890123456789", "0.1234567890123456789", "1e-400", "1e400", "1e-61", "1e61",
		"0." + strings.Repeat("0", 60) + "1", strings.Repeat("9", 200),
	} {
		if d, err := layers.ParseDecimal(text); !errors.Is(err, layers.ErrDecimalRange) {
			t.Errorf("%q = %v, %v, want %v", text, d, err, layers.ErrDecimalRange)
		}
	}
}

func TestDecimalsThatAPIsHavePrinted(t *testing.T) {
	for text, want := range map[string]layers.Decimal{
		"0":                    {Coefficient: 0},
		"0.00":                 {Coefficient: 0, Exponent: -2},
		"0.70700":              {Coefficient: 70700, Exponent: -5},
		"62641.967327043465":   {Coefficient: 62641967327043465, Exponent: -12},
		"1.2e-7":               {Coefficient: 12, Exponent: -8},
		"6.5E+4":               {Coefficient: 65, Exponent: 3},
		"-3":                   {Coefficient: -3},
		"007.5":                {Coefficient: 75, Exponent: -1},
		"1000000000000000000":  {Coefficient: 100000000000000000, Exponent: 1},
		"1.000000000000000000": {Coefficient: 100000000000000000, Exponent: -17},
	} {
		if got, err := layers.ParseDecimal(text); err != nil || got != want {
			t.Errorf("%q = %+v, %v, want %+v", text, got, err, want)
		}
	}
}

func TestZeroIsJSONWhateverItsExponent(t *testing.T) {
	for _, text := range []string{"0", "0e5", "0.00", "-0", "0e-3"} {
		d, err := layers.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		if written := d.String(); !json.Valid([]byte(written)) || d.Float64() != 0 || d.Cmp(layers.Decimal{}) != 0 {
			t.Errorf("%q is written as %q", text, written)
		}
	}
}

// FuzzParseDecimal holds what is accepted to big.Rat and to strconv.
func FuzzParseDecimal(f *testing.F) {
	for _, text := range []string{"0.0707", "62641.967327043465", "1.2e-7", "-0", "1e60", "1e-60", "00", "NaN", "0x1", "1_0", "", "1.", "9e-400"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := layers.ParseDecimal(text)
		if err != nil {
			return
		}
		want, ok := new(big.Rat).SetString(text)
		if !ok || rational(t, d).Cmp(want) != 0 {
			t.Fatalf("%q is read as %+v", text, d)
		}
		nearest, err := strconv.ParseFloat(text, 64)
		if got := d.Float64(); err != nil || got != nearest {
			t.Fatalf("%q as a float is %v, want %v", text, got, nearest)
		}
		if again, err := layers.ParseDecimal(d.String()); err != nil || again.Cmp(d) != 0 {
			t.Fatalf("%q is written as %s and read as %+v, %v", text, d, again, err)
		}
	})
}
