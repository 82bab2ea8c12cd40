package decode_test

import (
	"encoding/json"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"strata/collector/decode"
	"strata/layers"
)

func TestAnAmountThatCannotBeIsNotGiven(t *testing.T) {
	for text, want := range map[string]string{
		`29096603418.89408`: "29096603000", `1542226908349.8406`: "1542226900000", `12.5`: "12.5", `1e15`: "1000000000000000",
		`null`: "0", `0`: "0", `-5`: "0", `"12.5"`: "0", ``: "0", `{}`: "0", `1e999`: "0",
	} {
		if got := decode.Amount(decode.Number(json.RawMessage(text))); got.String() != want {
			t.Errorf("%s is kept as %s, want %s", text, got, want)
		}
	}
}

// The product is held against math/big, which is exact.
func TestATurnoverIsTheProductToEightDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		decimal := rapid.Custom(func(t *rapid.T) layers.Decimal {
			return layers.Decimal{
				Coefficient: rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, "coefficient"), Exponent: int8(rapid.IntRange(-24, 6).Draw(t, "exponent")),
			}
		})
		amount, price := decimal.Draw(t, "amount"), decimal.Draw(t, "price")
		want := new(big.Float).SetPrec(200).Mul(exact(amount), exact(price))
		got := exact(decode.Turnover(amount, price))
		ratio, _ := new(big.Float).Quo(got, want).Float64()
		if math.Abs(ratio-1) > 5.0001e-8 {
			t.Errorf("%s at %s is %s, want %s", amount, price, got, want)
		}
	})
}

func exact(d layers.Decimal) *big.Float {
	f, _, err := new(big.Float).SetPrec(200).Parse(d.String(), 10)
	if err != nil {
		panic(err)
	}
	return f
}

func TestATurnoverOfTheImpossibleIsNotGiven(t *testing.T) {
	for _, pair := range [][2]layers.Decimal{
		{{Coefficient: 1, Exponent: 60}, {Coefficient: 1, Exponent: 60}},
		{{Coefficient: 1, Exponent: -60}, {Coefficient: 1, Exponent: -60}},
		{{}, {Coefficient: 5}}, {{Coefficient: 5}, {}}, {{Coefficient: -5}, {Coefficient: 5}},
	} {
		if got := decode.Turnover(pair[0], pair[1]); got != (layers.Decimal{}) {
			t.Errorf("%v at %v is %s", pair[0], pair[1], got)
		}
	}
}
