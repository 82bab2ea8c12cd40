package codec

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// TestBytesAreThoseWorkedOutByHand follows the layout in the package documentation
// with pencil and paper, but for the checksums.
func TestBytesAreThoseWorkedOutByHand(t *testing.T) {
	column := []byte{
		0xe8, 0x07, // step 1000
		0,             // centre 0
		0b0_0_00_0000, // every time one step on; none off its place
	}
	block := []byte{
		0,          // one common exponent,
		0xff, 0xff, // -1 to -1
		100,          // zigzag of 50
		9,            // the mean of 2 and 0 is 1, 256/256 have 9 bits: the mean begins at 384/256
		0b001_1_0000, // Rice parameter 0: zigzag of 51-50 is 2, of 51-51 is 0
	}
	directory := slices.Concat(
		[]byte{1},          // column:
		[]byte{3},          // times,
		[]byte{0xd0, 0x0f}, // zigzag of the first, 1000,
		[]byte{0xd0, 0x0f}, // the last less the first,
		[]byte{4},          // length
		castagnoli(column), //
		[]byte{1},          // series:
		[]byte{7},          // id,
		[]byte{1},          // first column,
		[]byte{0},          // all of it,
		[]byte{6},          // length
		castagnoli(block),  //
	)
	head := append([]byte{1, 20}, directory...)
	want := slices.Concat(head, castagnoli(head), column, block, make([]byte, 8))

	got, err := Encode([]Series{{ID: 7, Points: []Point{
		{1000, layers.Decimal{Coefficient: 50, Exponent: -1}},
		{2000, layers.Decimal{Coefficient: 51, Exponent: -1}},
		{3000, layers.Decimal{Coefficient: 51, Exponent: -1}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func castagnoli(b []byte) []byte {
	return binary.LittleEndian.AppendUint32(nil, crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

func TestCodesOfIntegersAreThoseWorkedOutByHand(t *testing.T) {
	tests := map[string]struct {
		values []int64
		want   []byte
	}{
		// The mean begins at 0, so 16 zeros are one bit, and so are those that are left.
		"zeros": {make([]int64, 20), []byte{0, 0b1_1_000000}},
		// Zero again: not 16 zeros but 4, then a code of 2 - 1 with parameter 0. Only the
		// first 16 integers say where the mean begins.
		"an end of zeros": {append(make([]int64, 20), 1), []byte{0, 0b1_0_0100_01}},
		// Zigzag 200, times 256, has 16 bits: the mean begins at 49152/256 = 192, and
		// 49152/512 = 96 has 7 bits. 200 is 1 × 128 + 72.
		"one": {[]int64{100}, []byte{16, 0b01_100100, 0b0_0000000}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var w bitWriter
			w.integers(test.values)
			if diff := cmp.Diff(test.want, w.finish()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheOrderOfSeriesDoesNotChangeTheBytes(t *testing.T) {
	series := market(t)[:12]
	series[3].Points = series[3].Points[100:]
	series[5].Points = slices.Delete(slices.Clone(series[5].Points), 40, 50)
	want, err := Encode(series)
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		rand.Shuffle(len(series), func(i, j int) { series[i], series[j] = series[j], series[i] })
		got, err := Encode(series)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatal("another order gives other bytes")
		}
	}
}
