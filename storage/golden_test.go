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
	for _, version := range []string{"format-1", "format-2"} {
		path := filepath.Join(t.TempDir(), "strata.db")
		unpack(t, "testdata/"+version+".db.gz", path)
		s := openStore(t, path)
		if len(bucketOf(t, s, bucketSegments)) == 0 || rowsLeft(t, s) == 0 {
			t.Errorf("%s does not hold both segments and rows", version)
		}
		for _, field := range []string{FieldPrice, FieldVolume, FieldMarketCap} {
			want := listed(t, "testdata/"+version+".csv", field)
			if diff := cmp.Diff(want, everything(t, s, field)); diff != "" {
				t.Errorf("%s of %s:\n%s", field, version, diff)
			}
		}
		if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
			t.Errorf("%s: scrub found %v, error %v", version, report.Damaged, err)
		}
		if names := s.Stats().DamagedNames; len(names) > 0 {
			t.Errorf("%s: damaged %v", version, names)
		}
	}
}

// everything reads one field of all tokens.
func everything(t *testing.T, s *Store, field string) (all []layers.Sample) {
	t.Helper()
	list, err := s.Series()
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range tokensOf(list) {
		for sample, err := range s.Read(Query{Token: token, Field: field}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, sample)
		}
	}
	return all
}

func tokensOf(list []Series) (tokens []string) {
	for _, series := range list {
		if n := len(tokens); n == 0 || tokens[n-1] != series.Token {
			tokens = append(tokens, series.Token)
		}
	}
	return tokens
}

// listed reads one field of token, source, unix milliseconds, price, volume and market
// cap; those that are empty or not there were not given.
func listed(t *testing.T, path, field string) (samples []layers.Sample) {
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
	column := map[string]int{FieldPrice: 3, FieldVolume: 4, FieldMarketCap: 5}[field]
	for _, record := range records {
		if column >= len(record) || record[column] == "" {
			continue
		}
		millis, err := strconv.ParseInt(record[2], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		value := sample("", "", time.Time{}, record[column]).Price
		s := layers.Sample{Token: record[0], Source: record[1], Time: time.UnixMilli(millis).UTC()}
		setField(&s, field, value)
		samples = append(samples, s)
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
