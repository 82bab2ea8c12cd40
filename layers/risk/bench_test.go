package risk

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkSnapshot computes everything for 75 tokens at three sources.
func BenchmarkSnapshot(b *testing.B) {
	var rows []string
	for i := range 75 {
		rows = append(rows, token(fmt.Sprintf("t%02d", i), []string{"alpha", "beta"}[i%2]))
	}
	e := NewEngine(catalogue(b, rows...))
	for i := range 75 {
		for s, source := range []string{"one", "two", "three"} {
			for _, sample := range quotes(fmt.Sprintf("t%02d", i), source, noon.AddDate(0, 0, -33), noon, 5*time.Minute, walk(uint64(100*i+s))).capped(func(string) int64 { return int64(1000 * (i + 1)) }) {
				e.Observe(sample)
			}
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		e.Snapshot(noon)
	}
}

// BenchmarkRecall computes the past of 75 tokens of which 90 days of hours are known.
func BenchmarkRecall(b *testing.B) {
	var rows []string
	h := ledger{}
	for i := range 75 {
		slug := fmt.Sprintf("t%02d", i)
		rows = append(rows, token(slug, []string{"alpha", "beta"}[i%2]))
		h[slug] = quotes(slug, "one", noon.AddDate(0, 0, -90), noon, time.Hour, walk(uint64(i)))
	}
	c := catalogue(b, rows...)
	b.ReportAllocs()
	for b.Loop() {
		if err := NewEngine(c).Recall(b.Context(), h, noon); err != nil {
			b.Fatal(err)
		}
	}
}
