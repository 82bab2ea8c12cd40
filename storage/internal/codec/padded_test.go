package codec

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"strata/layers"
)

// An exchange that prints 0.7253000 says no more than one that prints 0.7253.
func TestZerosThatNeverChangeCostNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const base = 1_700_000_000_000
		var plain, padded []Point
		for i, price := range rapid.SliceOfN(rapid.Int64Range(7001, 7999), 2, 300).Draw(t, "prices") {
			at := base + int64(i)*60_000
			plain = append(plain, Point{at, layers.Decimal{Coefficient: price*10 + 1, Exponent: -5}})
			padded = append(padded, Point{at, layers.Decimal{Coefficient: (price*10 + 1) * 1000, Exponent: -8}})
		}
		short, err := Encode([]Series{{ID: 1, Points: plain}})
		if err != nil {
			t.Fatal(err)
		}
		long, err := Encode([]Series{{ID: 1, Points: padded}})
		if err != nil || len(long) != len(short) {
			t.Fatalf("%d bytes with zeros, %d without, %v", len(long), len(short), err)
		}
		segment, err := Open(long)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := segment.Points(nil, 1); err != nil || !slices.Equal(got, padded) {
			t.Fatalf("came back as %v, %v", got, err)
		}
	})
}
