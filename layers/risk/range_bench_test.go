package risk

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkRangeLayer rolls 30 days over a year of hours, ten members.
func BenchmarkRangeLayer(b *testing.B) {
	var rows []string
	h := ledger{}
	for i := range 10 {
		slug := fmt.Sprintf("t%02d", i)
		rows = append(rows, token(slug, "alpha"))
		h[slug] = quotes(slug, "one", noon.AddDate(0, 0, -396), noon, time.Hour, walk(uint64(i)))
	}
	c, w := catalogue(b, rows...), window(b, "30d")
	i := Instants{Start: noon.AddDate(-1, 0, 0), End: noon, Step: time.Hour}
	b.ReportAllocs()
	for b.Loop() {
		if points := rangeLayer(b, c, h, "alpha", w, i); !points[len(points)-1].Volatility.Known {
			b.Fatal("nothing is known")
		}
	}
}
