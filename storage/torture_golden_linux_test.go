package storage_test

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
	"strata/storage"
)

// readGolden reads what the list names and holds it against the list.
func (c check) readGolden(s *storage.Store, f *findings) {
	want, err := golden(c.Golden)
	if err != nil {
		f.fault(err)
	}
	for token, samples := range want {
		n := 0
		for got, err := range s.Samples(token, layers.Span{}) {
			switch {
			case err != nil:
				f.fault(err)
			case n == len(samples):
				f.Wrong++
			default:
				f.judge(got, samples[n], true)
				n++
			}
		}
		f.Missing += len(samples) - n
	}
	f.Damaged = s.Stats().Damaged
}

// golden reads a list of token, source, unix milliseconds and price, ordered by time.
func golden(path string) (map[string][]layers.Sample, error) {
	text, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer text.Close()
	records, err := csv.NewReader(text).ReadAll()
	samples := map[string][]layers.Sample{}
	for _, r := range records {
		millis, malformed := strconv.ParseInt(r[2], 10, 64)
		price, wrong := layers.ParseDecimal(r[3])
		err = errors.Join(err, malformed, wrong)
		samples[r[0]] = append(samples[r[0]], layers.Sample{Token: r[0], Source: r[1], Time: time.UnixMilli(millis).UTC(), Price: price})
	}
	return samples, err
}

// unpacked copies a packed golden file to where it can be written to.
func unpacked(t *testing.T, packed string) []byte {
	t.Helper()
	file, err := os.Open(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	reader, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTortureAFileOfTheFirstFormatHoldsWhatItHeld(t *testing.T) {
	path := t.TempDir() + "/strata.db"
	mustWrite(t, path, unpacked(t, "testdata/format-1.db.gz"))
	for range 2 { // as it was written, and as this program leaves it
		if f := newChecker(t).ask(check{Path: path, Golden: "testdata/format-1.csv"}); f.lossless() != "" || f.Right < 200 {
			t.Errorf("%d samples right; %s", f.Right, f.lossless())
		}
	}
}

func TestTortureAFileOfANewerFormatIsRefusedInWords(t *testing.T) {
	path := filled(t, 3).Path
	db, err := bbolt.Open(path, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte{0, 0, 0, 200})
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	before := mustRead(t, path)
	_, err = storage.Open(path, storage.Options{})
	if !errors.Is(err, storage.ErrNewer) || !strings.Contains(err.Error(), "has format 200") || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %q, want one line that names format 200", err)
	}
	if string(before) != string(mustRead(t, path)) {
		t.Error("the file was changed")
	}
}

func mustWrite(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
