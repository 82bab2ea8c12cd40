package storage

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// market is tokens at 3 sources whose prices walk by some ticks a minute: a thousandth
// of a percent to a tenth of one is the tick, a twentieth of a percent the walk.
type market struct {
	random *rand.Rand
	prices []int64
}

func newMarket(series int) *market {
	m := &market{random: rand.New(rand.NewPCG(1, 2)), prices: make([]int64, series)}
	for i := range m.prices {
		m.prices[i] = 1000 + m.random.Int64N(100_000)
	}
	return m
}

func (m *market) cycle(minute int) []layers.Sample {
	samples := make([]layers.Sample, len(m.prices))
	for i := range samples {
		m.prices[i] = max(1, m.prices[i]+int64(m.random.NormFloat64()*float64(m.prices[i])*0.0005))
		samples[i] = layers.Sample{
			Token: "token-" + strconv.Itoa(i/3), Source: [...]string{"coingecko", "gate", "kraken"}[i%3],
			Time: midnight.Add(time.Duration(minute) * time.Minute), Price: layers.Decimal{Coefficient: m.prices[i], Exponent: -3},
		}
	}
	return samples
}

// day returns a day of history of some of the series.
func (m *market) day(number, series int) []layers.Sample {
	var history []layers.Sample
	for minute := range 24 * 60 {
		history = append(history, m.cycle(number*24*60 + minute)[:series]...)
	}
	return history
}

func BenchmarkAppend225Samples(b *testing.B) {
	s, m := newStore(b), newMarket(225)
	var took []time.Duration
	for minute := 0; b.Loop(); minute++ {
		samples := m.cycle(minute)
		started := time.Now()
		mustAppend(b, s, samples...)
		took = append(took, time.Since(started))
	}
	slices.Sort(took)
	b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
	b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "p99-ms")
	b.ReportMetric(took[len(took)-1].Seconds()*1e3, "max-ms")
}

func BenchmarkAppend18000Samples(b *testing.B) {
	s, m := newStore(b), newMarket(18_000)
	for minute := 0; b.Loop(); minute++ {
		mustAppend(b, s, m.cycle(minute)...)
	}
	b.ReportMetric(s.Stats().LongestTransaction.Seconds()*1e3, "max-transaction-ms")
}

func BenchmarkSamplesOf30DaysAtOneMinuteFrom3Sources(b *testing.B)  { benchmarkSamples(b, 30) }
func BenchmarkSamplesOf365DaysAtOneMinuteFrom3Sources(b *testing.B) { benchmarkSamples(b, 365) }

func benchmarkSamples(b *testing.B, days int) {
	s, m := newStore(b), newMarket(12)
	for day := range days {
		mustImport(b, s, m.day(day, 12)...)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range s.Samples("token-2", layers.Span{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 3*days*24*60 {
			b.Fatalf("%d samples, want %d", n, 3*days*24*60)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*3*days*24*60), "ns/sample")
	b.ReportMetric(s.Stats().LongestTransaction.Seconds()*1e3, "max-transaction-ms")
}

// What a file weighs after a week of collecting, with roll-ups, slack and all.
func BenchmarkFileOf100SeriesAfter7Days(b *testing.B) {
	for b.Loop() {
		s, m := newStore(b), newMarket(100)
		for minute := range 7 * 24 * 60 {
			mustAppend(b, s, m.cycle(minute)...)
		}
		stats, values := s.Stats(), 0
		for key, value := range bucketOf(b, s, bucketSegments) {
			if Resolution(key[0]) == Raw {
				values += len(value)
			}
		}
		used := -int64(stats.FreePages+stats.PendingPages) * int64(s.db.Info().PageSize)
		if err := s.view(func(tx *bbolt.Tx) error { used += tx.Size(); return nil }); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(stats.FileBytes)/float64(stats.Samples), "file-B/sample")
		b.ReportMetric(float64(used)/float64(stats.Samples), "used-B/sample")
		b.ReportMetric(float64(values)/float64(stats.Samples), "raw-value-B/sample")
		b.ReportMetric(stats.LongestTransaction.Seconds()*1e3, "max-transaction-ms")
	}
}
