package main

import (
	"fmt"
	"iter"
	"path/filepath"
	"time"

	"strata/bench/market"
	"strata/layers"
	"strata/storage"
)

// forever keeps every sample of a minute, as the database beside us does.
var forever = storage.Options{Retention: storage.Retention{Raw: -1}}

// loaded is one history, in all the places that are asked.
type loaded struct {
	catalogue   *layers.Catalogue
	file        string // of our store, closed
	prometheus  *prometheus
	closes      closes
	first, last time.Time // of the samples
}

// closes are the last prices of each hour, in memory: what a process that has run for
// that long could hold.
type closes map[string][]layers.Sample

// Samples makes closes a history.
func (c closes) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		of := c[token]
		if len(of) == 0 {
			return
		}
		from := max(0, int(span.From.Sub(of[0].Time)/time.Hour))
		for _, s := range of[min(from, len(of)):] {
			if !s.Time.Before(span.To) || s.Time.Compare(span.From) >= 0 && !yield(s, nil) {
				return
			}
		}
	}
}

// load gives the same history to everybody.
func load(dir string, opts options) (*loaded, error) {
	h := market.Generated(opts.tokens, opts.days*24*60+1, 0)
	l := &loaded{file: filepath.Join(dir, "strata.db"), closes: closes{}}
	var err error
	if l.catalogue, err = catalogueOf(h.Tokens); err != nil {
		return nil, err
	}
	store, err := storage.Open(l.file, forever)
	if err != nil {
		return nil, err
	}
	if l.prometheus, err = openPrometheus(filepath.Join(dir, "prometheus"), opts.tokens); err != nil {
		return nil, err
	}
	if err := l.fill(h, store); err != nil {
		return nil, err
	}
	if err := l.prometheus.settle(); err != nil {
		return nil, err
	}
	return l, store.Close()
}

func (l *loaded) fill(h market.History, store *storage.Store) error {
	var day []layers.Sample
	for cycle := range h.Walk() {
		at := cycle[0].Time
		if l.first.IsZero() {
			l.first = at
		}
		l.last = at
		if err := l.prometheus.append(cycle); err != nil {
			return fmt.Errorf("fill Prometheus: %w", err)
		}
		day = append(day, cycle...)
		if at.Equal(at.Truncate(time.Hour)) {
			for _, s := range cycle {
				l.closes[s.Token] = append(l.closes[s.Token], s)
			}
		}
		if at.Equal(at.Truncate(24 * time.Hour)) {
			if _, err := store.Import(day); err != nil {
				return err
			}
			day = day[:0]
		}
	}
	return nil
}
