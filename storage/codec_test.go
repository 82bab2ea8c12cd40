package storage

import (
	"bytes"
	"encoding/hex"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// The bytes of this row are worked out by hand from the layout in the package doc,
// up to the checksum.
func TestARowIsWrittenByItsDocumentation(t *testing.T) {
	// Group 0: series 1, 318.21 = 31821e-2 (varint 0x7c4d), and 3, 5e0; group 1: series 64, 7e-1.
	row := []entry{{1, layers.Decimal{Coefficient: 31821, Exponent: -2}}, {3, layers.Decimal{Coefficient: 5}}, {64, layers.Decimal{Coefficient: 7, Exponent: -1}}}
	want := "02" + "0008" + "0002" + "8302" + "cdf801" + "8002" + "05" + "01" + "07"
	key := rowKey(1)
	if got := encodeRow(key, row); hex.EncodeToString(got[:len(got)-checksumSize]) != want {
		t.Errorf("row %x, want %s", got, want)
	}
}

// So are those of this manifest: segments of the spans 20626 and 20628.
func TestAManifestIsWrittenByItsDocumentation(t *testing.T) {
	m := manifest{{span: 20626, checksum: 0x01020304, count: 300}, {span: 20628, checksum: 5, count: 1}}
	want := "02" + "92a101" + "04030201" + "ac02" + "01" + "05000000" + "01"
	key := manifestKey(Raw, 0)
	value := encodeManifest(key, m)
	if got := hex.EncodeToString(value[:len(value)-checksumSize]); got != want {
		t.Errorf("manifest %s, want %s", got, want)
	}
	if again, err := decodeManifest(key, value); err != nil || !cmp.Equal(m, again, cmp.AllowUnexported(placed{})) {
		t.Errorf("read %v, error %v", again, err)
	}
}

func FuzzManifest(f *testing.F) {
	key := manifestKey(Raw, 0)
	value := encodeManifest(key, manifest{{span: 20626, checksum: 1, count: 300}})
	f.Add(value[:len(value)-checksumSize])
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decodeManifest(key, seal(bucketManifest, key, body))
		if err != nil {
			return
		}
		again, err := decodeManifest(key, encodeManifest(key, m))
		if err != nil || !cmp.Equal(m, again, cmp.AllowUnexported(placed{})) {
			t.Fatalf("%v became %v, error %v", m, again, err)
		}
	})
}

func FuzzRow(f *testing.F) {
	key := rowKey(1782086400000)
	value := encodeRow(key, []entry{{1, layers.Decimal{Coefficient: 31821, Exponent: -2}}, {7, layers.Decimal{Coefficient: 1}}})
	f.Add(value[:len(value)-checksumSize])
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := parseRowBody(body)
		if err != nil {
			return
		}
		entries, err := r.read(nil, 0, math.MaxUint32)
		if err != nil {
			return
		}
		if len(entries) > len(body) {
			t.Fatalf("%d entries from %d bytes", len(entries), len(body))
		}
		for _, e := range entries {
			group, err := r.read(nil, groupOf(e.id), groupOf(e.id)+1)
			if got, there := find(group, e.id); err != nil || !there || got != e {
				t.Fatalf("read %v of its group, want %v, error %v", got, e, err)
			}
		}
		again, err := decodeRow(key, encodeRow(key, entries))
		if err != nil || !cmp.Equal(entries, again, cmp.AllowUnexported(entry{})) {
			t.Fatalf("%v became %v, error %v", entries, again, err)
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
