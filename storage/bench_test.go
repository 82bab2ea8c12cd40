package storage

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"strata/layers"
)

// market is 75 tokens at 3 sources whose prices walk by a tick or two a minute.
type market struct {
	random *rand.Rand
	prices [225]int64
}

func newMarket() *market {
	m := &market{random: rand.New(rand.NewPCG(1, 2))}
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

func BenchmarkAppend225Samples(b *testing.B) {
	s, m := newStore(b), newMarket()
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

func BenchmarkSamplesOf30DaysAtOneMinuteFrom3Sources(b *testing.B) {
	s, m := newStore(b), newMarket()
	const minutes = 30 * 24 * 60
	for day := range 30 {
		var history []layers.Sample
		for minute := range 24 * 60 {
			history = append(history, m.cycle(day*24*60 + minute)[:12]...)
		}
		mustImport(b, s, history...)
	}
	stats := s.Stats()
	for b.Loop() {
		n := 0
		for _, err := range s.Samples("token-2", layers.Span{}) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 3*minutes {
			b.Fatalf("%d samples, want %d", n, 3*minutes)
		}
	}
	b.ReportMetric(float64(stats.FileBytes-int64(stats.FreePages)*4096)/float64(stats.Samples), "file-B/sample")
	values := 0
	for _, value := range bucketOf(b, s, bucketSegments) {
		values += len(value)
	}
	b.ReportMetric(float64(values)/float64(stats.Samples), "segment-B/sample")
}
