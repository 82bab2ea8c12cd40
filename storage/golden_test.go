package storage

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

func TestAFileOfEveryReleasedFormatKeepsOpening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	unpack(t, "testdata/format-1.db.gz", path)
	s := openStore(t, path)
	if len(bucketOf(t, s, bucketSegments)) == 0 || rowsLeft(t, s) == 0 {
		t.Error("the file does not hold both segments and rows")
	}
	want := listed(t, "testdata/format-1.csv")
	var got []layers.Sample
	list, err := s.Series()
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokensOf(list) {
		got = append(got, read(t, s, token, layers.Span{})...)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func tokensOf(list []Series) (tokens []string) {
	for _, series := range list {
		if n := len(tokens); n == 0 || tokens[n-1] != series.Token {
			tokens = append(tokens, series.Token)
		}
	}
	return tokens
}

// listed reads token, source, unix milliseconds and price.
func listed(t *testing.T, path string) (samples []layers.Sample) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, record := range records {
		millis, err := strconv.ParseInt(record[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, sample(record[0], record[1], time.UnixMilli(millis).UTC(), record[3]))
	}
	return samples
}

func unpack(t *testing.T, packed, path string) {
	t.Helper()
	file, err := os.Open(packed)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	content, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := io.ReadAll(content)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
}
