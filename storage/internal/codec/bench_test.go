package codec

import (
	"compress/gzip"
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"strata/layers"
)

// closes reads testdata/closes.csv.gz: four tokens, one day of minutes.
func closes(tb testing.TB) []Series {
	tb.Helper()
	file, err := os.Open("testdata/closes.csv.gz")
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := csv.NewReader(text).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	series := make([]Series, len(rows[0])-1)
	for _, row := range rows[1:] {
		seconds, err := strconv.ParseInt(row[0], 10, 64)
		if err != nil {
			tb.Fatal(err)
		}
		for i, field := range row[1:] {
			price, err := layers.ParseDecimal(field)
			if err != nil {
				tb.Fatal(err)
			}
			series[i].ID = uint32(i)
			series[i].Points = append(series[i].Points, Point{Time: seconds * 1000, Value: price})
		}
	}
	return series
}

// market repeats the four tokens until there are as many as a segment has.
func market(tb testing.TB) []Series {
	var all []Series
	for len(all) < 64 {
		for _, s := range closes(tb) {
			all = append(all, Series{ID: uint32(len(all)), Points: s.Points})
		}
	}
	return all
}

func BenchmarkDecode(b *testing.B) {
	series := market(b)
	value, err := Encode(series)
	if err != nil {
		b.Fatal(err)
	}
	samples := 64 * len(series[0].Points)
	var points []Point
	b.ReportAllocs()
	for b.Loop() {
		s, err := Open(value)
		if err != nil {
			b.Fatal(err)
		}
		for id := range s.IDs() {
			if points, err = s.Points(points[:0], id); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(value))/float64(samples), "B/sample")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*samples), "ns/sample")
}

func BenchmarkEncode(b *testing.B) {
	series := market(b)
	samples := 64 * len(series[0].Points)
	for b.Loop() {
		if _, err := Encode(series); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*samples), "ns/sample")
}
