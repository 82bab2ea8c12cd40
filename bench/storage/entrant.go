package main

import (
	"fmt"
	"slices"
	"time"

	"strata/bench/market"
	"strata/layers"
)

// entrant is a store that takes part, and what is known of it so far.
type entrant struct {
	store store // nil once it is closed
	spent time.Duration
	result
}

// take appends a cycle and lets the store do what is due after it.
func (e *entrant) take(cycle []layers.Sample) error {
	cpu, started := cpuTime(), time.Now()
	if err := e.store.Append(cycle); err != nil {
		return fmt.Errorf("append to %s: %w", e.name, err)
	}
	e.commits = append(e.commits, time.Since(started))
	e.cycles, e.samples = e.cycles+1, e.samples+len(cycle)
	if k, ok := e.store.(housekeeper); ok {
		if err := k.Tend(); err != nil {
			return fmt.Errorf("tend %s: %w", e.name, err)
		}
	}
	e.cpu += cpuTime() - cpu
	e.spent += time.Since(started)
	return nil
}

// finish lets the store settle and reads it.
func (e *entrant) finish(h market.History) (err error) {
	if k, ok := e.store.(housekeeper); ok {
		cpu := cpuTime()
		if err := k.Settle(); err != nil {
			return fmt.Errorf("settle %s: %w", e.name, err)
		}
		e.cpu += cpuTime() - cpu
	}
	if e.read, err = readBack(e.store, h, e.cycles); err != nil {
		return fmt.Errorf("read %s: %w", e.name, err)
	}
	return nil
}

// leave closes the store. What its closing gives back is the heap it used.
func (e *entrant) leave() error {
	heap := heapInUse()
	s := e.store
	if err := s.Close(); err != nil {
		return fmt.Errorf("close %s: %w", e.name, err)
	}
	d, err := s.Disk()
	if err != nil {
		return fmt.Errorf("measure %s: %w", e.name, err)
	}
	e.disk = d
	e.store, s = nil, nil
	e.heap = heap - heapInUse()
	return nil
}

// readBack reads a few tokens whole, each three times, and returns the median over
// the tokens of the best time a sample. It fails if samples are missing.
func readBack(s store, h market.History, cycles int) (nanoseconds float64, err error) {
	const tokens, repeats = 8, 3
	var best []float64
	for i := range min(tokens, len(h.Tokens)) {
		token := h.Tokens[i*len(h.Tokens)/min(tokens, len(h.Tokens))]
		var times []float64
		for range repeats {
			took, err := readToken(s, token, cycles)
			if err != nil {
				return 0, err
			}
			times = append(times, took)
		}
		best = append(best, slices.Min(times))
	}
	slices.Sort(best)
	return best[len(best)/2], nil
}

// readToken returns how long a sample takes when a token is read.
func readToken(s store, token string, want int) (nanoseconds float64, err error) {
	var samples int
	var last int64
	started := time.Now()
	err = s.Read(token, func(millis int64, price float64) {
		if millis > last && price > 0 {
			samples++
		}
		last = millis
	})
	took := time.Since(started)
	if err == nil && samples != want {
		err = fmt.Errorf("%d samples of %s in order, want %d", samples, token, want)
	}
	if err != nil {
		return 0, err
	}
	return float64(took.Nanoseconds()) / float64(want), nil
}
