package collector

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"strata/layers"
)

// crowd returns so many tokens that each of the sources lists.
func crowd(tb testing.TB, tokens int, sources ...string) *layers.Catalogue {
	rows := make([]string, tokens)
	for i := range rows {
		rows[i] = fmt.Sprintf("t%05d %s", i, strings.Join(sources, " "))
	}
	return listing(tb, rows...)
}

// One cycle from answers that are there already to samples that are kept.
func BenchmarkCycle(b *testing.B) {
	names := []string{"binance", "coinbase", "coingecko", "gate", "kraken"}
	for _, tokens := range []int{1000, 18_000} {
		b.Run(fmt.Sprint(tokens), func(b *testing.B) {
			var turn int64
			opts := Options{
				Catalogue: crowd(b, tokens, names...), Logger: slog.New(slog.DiscardHandler),
				Keep: func(time.Time, []layers.Sample, []byte) error { return nil },
			}
			var err error
			if opts.Schedule, err = ParseSchedule("* * * * *"); err != nil {
				b.Fatal(err)
			}
			for i, name := range names {
				answer := make([]Quote, 0, tokens)
				opts.Sources = append(opts.Sources, &fake{name: name, latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
					answer = answer[:0]
					for n, listing := range l {
						price := layers.Decimal{Coefficient: 10_000_000 + int64(n)*100 + turn%7*10 + int64(i), Exponent: -5}
						answer = append(answer, Quote{Token: listing.Token, Price: price})
					}
					return Answer{Quotes: answer}, nil
				}})
			}
			c, err := New(opts)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				turn++
				if cycle := c.Collect(b.Context()); len(cycle.Samples) != tokens*len(names) {
					b.Fatalf("%d samples", len(cycle.Samples))
				}
			}
		})
	}
}
