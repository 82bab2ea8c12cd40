package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"time"

	"strata/layers"
	"strata/layers/risk"
)

// compareCycles prints what computing everything anew costs after a cycle.
func compareCycles(w io.Writer, opts options) error {
	sizes := []int{100, 1000, 18_000}
	if opts.quick {
		sizes = sizes[:1]
	}
	fmt.Fprintf(w, "\n### a cycle's recomputation: every layer and token, four windows\n\n"+
		"| tokens | layers | observe, a cycle | compute | a token | heap |\n| --: | --: | --: | --: | --: | --: |\n")
	for _, n := range sizes {
		if err := writeCycle(w, n); err != nil {
			return err
		}
	}
	return nil
}

// writeCycle measures one size: the median of five cycles.
func writeCycle(w io.Writer, n int) error {
	const cycles = 5
	m, err := newMonth(n)
	if err != nil {
		return err
	}
	var observing, computing []time.Duration
	for range cycles {
		cycle := m.next(time.Minute)
		started := time.Now()
		m.engine.Observe(cycle...)
		observed := time.Now()
		s := m.engine.Snapshot(m.at)
		observing, computing = append(observing, observed.Sub(started)), append(computing, time.Since(observed))
		if l := s.Layers[len(s.Layers)-1]; !l.Volatility.Known {
			return fmt.Errorf("%s has no volatility of %s: %s", l.Layer, l.Window.Name, l.Volatility.Reason)
		}
	}
	var memory runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&memory)
	slices.Sort(observing)
	slices.Sort(computing)
	took := computing[cycles/2]
	fmt.Fprintf(w, "| %d | %d | %s | %s | %s | %d MB |\n", n, layersFor(n), short(observing[cycles/2]), short(took), short(took/time.Duration(n)), memory.HeapAlloc/1e6)
	runtime.KeepAlive(m)
	return nil
}

// month is an engine that has seen a month: hours, and of the last day five minutes.
type month struct {
	engine *risk.Engine
	random *rand.Rand
	at     time.Time
	cycle  []layers.Sample
}

func newMonth(n int) (*month, error) {
	m := &month{random: rand.New(rand.NewPCG(30, 1)), at: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)}
	var tokens []string
	for i := range n {
		tokens = append(tokens, fmt.Sprintf("token-%05d", i))
		m.cycle = append(m.cycle, layers.Sample{Token: tokens[i], Source: "generated", Price: layers.Decimal{Coefficient: 1e8, Exponent: -6}})
	}
	c, err := catalogueOf(tokens)
	if err != nil {
		return nil, err
	}
	m.engine = risk.NewEngine(c)
	for range 31 * 24 {
		m.engine.Observe(m.next(time.Hour)...)
	}
	for range 26 * 12 {
		m.engine.Observe(m.next(5 * time.Minute)...)
	}
	return m, nil
}

// next returns the cycle that comes after a pause. It is valid until the next.
func (m *month) next(pause time.Duration) []layers.Sample {
	m.at = m.at.Add(pause)
	for i := range m.cycle {
		s := &m.cycle[i]
		s.Time = m.at
		s.Price.Coefficient += int64(float64(s.Price.Coefficient) * 0.001 * m.random.NormFloat64())
	}
	return m.cycle
}
