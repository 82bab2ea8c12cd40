package storage

import (
	"bytes"
	"encoding/hex"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// The bytes of this row and this segment are worked out by hand from the layout in
// the package doc, up to the checksum.
func TestTheCodesAreThoseOfTheDocumentation(t *testing.T) {
	// Two samples: series 1, 318.21 = 31821e-2 (varint 0x7c4d), series 3, 5e0.
	row := []entry{{1, layers.Decimal{Coefficient: 31821, Exponent: -2}}, {3, layers.Decimal{Coefficient: 5}}}
	wantRow := "02" + "01" + "03" + "cdf801" + "02" + "00" + "05"
	key := rowKey(1)
	if got := encodeRow(key, row); hex.EncodeToString(got[:len(got)-checksumSize]) != wantRow {
		t.Errorf("row %x, want %s", got, wantRow)
	}
	// 0.70, 0.7, 0.7, 0.7, 0.71 at 0, 1, 2, 3 and 4 ms: steps 0 1 1 1 1, exponents
	// -2 -1 -1 -1 -2, coefficients 70, 7, 7, 7, 71 after the guesses 0, 7, 7, 7, 70.
	price := func(c int64, e int8) layers.Decimal { return layers.Decimal{Coefficient: c, Exponent: e} }
	points := []point{{0, price(70, -2)}, {1, price(7, -1)}, {2, price(7, -1)}, {3, price(7, -1)}, {4, price(71, -2)}}
	times, exponents, coefficients := "00"+"03"+"0100", "04"+"03"+"0000"+"02", "8d01"+"0100"+"03"
	wantSegment := "05" + "04" + times + "05" + exponents + coefficients
	key = segmentKey(0, 1)
	if got := encodeSegment(key, points); hex.EncodeToString(got[:len(got)-checksumSize]) != wantSegment {
		t.Errorf("segment %x, want %s", got, wantSegment)
	}
}

func FuzzRow(f *testing.F) {
	key := rowKey(1782086400000)
	value := encodeRow(key, []entry{{1, layers.Decimal{Coefficient: 31821, Exponent: -2}}, {7, layers.Decimal{Coefficient: 1}}})
	f.Add(value[:len(value)-checksumSize])
	f.Fuzz(func(t *testing.T, body []byte) {
		entries, err := decodeRowBody(body)
		if err != nil {
			return
		}
		if len(entries) > len(body) {
			t.Fatalf("%d entries from %d bytes", len(entries), len(body))
		}
		again, err := decodeRow(key, encodeRow(key, entries))
		if err != nil || !cmp.Equal(entries, again, cmp.AllowUnexported(entry{})) {
			t.Fatalf("%v became %v, error %v", entries, again, err)
		}
	})
}

func FuzzSegment(f *testing.F) {
	key := segmentKey(20626, 1)
	start := segmentStart(key)
	value := encodeSegment(key, []point{{start + 5, layers.Decimal{Coefficient: 7070, Exponent: -4}}, {start + 60_005, layers.Decimal{Coefficient: 71, Exponent: -2}}})
	f.Add(value[:len(value)-checksumSize])
	f.Fuzz(func(t *testing.T, body []byte) {
		points, err := decodeSegmentBody(start, body)
		if err != nil {
			return
		}
		if len(points) > maxRun*len(body) {
			t.Fatalf("%d points from %d bytes", len(points), len(body))
		}
		again, err := decodeSegment(key, encodeSegment(key, points))
		if err != nil || !cmp.Equal(points, again, cmp.AllowUnexported(point{})) {
			t.Fatalf("%v became %v, error %v", points, again, err)
		}
	})
}

func FuzzPreflight(f *testing.F) {
	_, content := filled(f)
	meta, err := currentMeta(bytes.NewReader(content))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(content[:2*meta.pageSize])
	f.Fuzz(func(_ *testing.T, content []byte) {
		file := bytes.NewReader(content)
		if meta, err := currentMeta(file); err == nil && meta.pages <= uint64(len(content))/meta.pageSize {
			_ = checkRoot(file, meta)
			_ = checkFreelist(file, meta)
		}
	})
}
