package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"strata/layers/risk"
	"strata/storage"
)

// answer is what somebody said, and how long it took.
type answer struct {
	who  string
	took time.Duration
	said float64 // volatility of the first layer at the end
}

// question is one question to everybody; the first answer is that of PromQL on raw
// prices, when that was asked.
type question struct {
	what    string
	answers []answer
	goals   map[string]float64 // how many times faster than the first answer
	steps   int                // by which the window of each token moved on
}

// compare asks everybody at an instant and over time.
func compare(ctx context.Context, w io.Writer, dir string, opts options) error {
	started := time.Now()
	l, err := load(dir, opts)
	if err != nil {
		return err
	}
	defer func() { _ = l.prometheus.db.Close() }() // the benchmark is over
	window, err := opts.window()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n%d tokens in %d layers, %d days of one-minute samples, loaded into both in %v.\n",
		opts.tokens, layersFor(opts.tokens), opts.days, time.Since(started).Round(time.Second))
	instant, err := l.instant(ctx, window)
	if err != nil {
		return err
	}
	rolling, err := l.rolling(ctx, window, opts.noRaw)
	if err != nil {
		return err
	}
	for _, q := range []question{instant, rolling} {
		q.write(w)
		if err := q.check(); err != nil {
			return err
		}
	}
	writeUpdate(w, opts.tokens, instant, rolling)
	return nil
}

const (
	raw       = "PromQL on raw prices"
	recorded  = "PromQL on a recorded return a layer"
	fromFile  = "ours, from the file"
	fromState = "ours, from state"
)

// instant asks for every layer at the last sample.
func (l *loaded) instant(ctx context.Context, window risk.Window) (question, error) {
	q := question{
		what:  fmt.Sprintf("volatility of %s of every layer, at one instant", window.Name),
		goals: map[string]float64{fromFile: 50, fromState: 10_000},
	}
	for _, asked := range []struct{ who, query string }{{raw, rawQuery}, {recorded, recordedQuery}} {
		said, took, err := l.prometheus.instant(ctx, asked.query, model.Duration(window.Span).String(), l.last)
		if err != nil {
			return q, fmt.Errorf("%s: %w", asked.who, err)
		}
		q.answers = append(q.answers, answer{asked.who, took, said})
	}
	said, took, err := l.cold(ctx, window)
	if err != nil {
		return q, err
	}
	q.answers = append(q.answers, answer{fromFile, took, said})
	said, took, err = l.state(ctx, window)
	q.answers = append(q.answers, answer{fromState, took, said})
	return q, err
}

// cold opens the file and computes all layers.
func (l *loaded) cold(ctx context.Context, window risk.Window) (said float64, took time.Duration, err error) {
	started := time.Now()
	store, err := storage.Open(l.file, forever)
	if err != nil {
		return 0, 0, err
	}
	for i, layer := range l.catalogue.Layers() {
		r, err := risk.ComputeLayer(ctx, l.catalogue, store, layer.Slug, window, l.last)
		if err != nil {
			return 0, 0, err
		}
		if i == 0 {
			said = r.Volatility.Value
		}
	}
	took = time.Since(started)
	return said, took, store.Close()
}

// state asks the snapshot of an engine that has seen it all.
func (l *loaded) state(ctx context.Context, window risk.Window) (said float64, took time.Duration, err error) {
	store, err := storage.Open(l.file, forever)
	if err != nil {
		return 0, 0, err
	}
	engine := risk.NewEngine(l.catalogue)
	if err := engine.Load(ctx, store, l.last); err != nil {
		return 0, 0, err
	}
	engine.Snapshot(l.last)
	const times = 1000
	started := time.Now()
	for range times {
		for i, layer := range l.catalogue.Layers() {
			if r, ok := engine.Latest().Layer(layer.Slug, window.Name); ok && i == 0 {
				said = r.Volatility.Value
			}
		}
	}
	took = time.Since(started) / times
	return said, took, store.Close()
}

// rolling asks for every layer at each full hour after the first window.
func (l *loaded) rolling(ctx context.Context, window risk.Window, noRaw bool) (question, error) {
	from := l.first.Add(window.Span + rollingStep).Truncate(rollingStep)
	points := int(l.last.Sub(from)/rollingStep) + 1
	q := question{
		what:  fmt.Sprintf("the same over time, %d points, one an hour", points),
		goals: map[string]float64{fromFile: 100, fromState: 10_000},
		steps: points + int(window.Span/rollingStep),
	}
	for _, asked := range []struct{ who, query string }{{raw, rawQuery}, {recorded, recordedQuery}} {
		if noRaw && asked.who == raw {
			continue
		}
		said, took, err := l.prometheus.rolling(ctx, asked.query, model.Duration(window.Span).String(), from, l.last)
		if err != nil {
			return q, fmt.Errorf("%s: %w", asked.who, err)
		}
		q.answers = append(q.answers, answer{asked.who, took, said})
	}
	store, err := storage.Open(l.file, forever)
	if err != nil {
		return q, err
	}
	for _, asked := range []struct {
		who string
		h   risk.History
	}{{fromFile, store}, {fromState, l.closes}} {
		said, took, err := l.roll(ctx, asked.h, window, from, points)
		if err != nil {
			return q, fmt.Errorf("%s: %w", asked.who, err)
		}
		q.answers = append(q.answers, answer{asked.who, took, said})
	}
	return q, store.Close()
}

func (l *loaded) roll(ctx context.Context, h risk.History, window risk.Window, from time.Time, points int) (said float64, took time.Duration, err error) {
	started := time.Now()
	i := risk.Instants{Start: from, End: l.last.Add(time.Second), Step: rollingStep}
	for n, layer := range l.catalogue.Layers() {
		known := 0
		for p, err := range risk.RangeLayer(ctx, l.catalogue, h, layer.Slug, window, i) {
			if err != nil {
				return 0, 0, err
			}
			if p.Volatility.Known {
				known++
			}
			if n == 0 {
				said = p.Volatility.Value
			}
		}
		if known != points {
			return 0, 0, fmt.Errorf("%s is known at %d instants, want %d", layer.Slug, known, points)
		}
	}
	return said, time.Since(started), nil
}

// check makes sure that all said the same, PromQL but for what it measures it with.
func (q question) check() error {
	ours := q.answers[len(q.answers)-1]
	for _, a := range q.answers {
		off := 0.25
		if a.who == fromFile {
			off = 1e-12
		}
		if math.Abs(a.said/ours.said-1) > off {
			return fmt.Errorf("%s: %s says %v, %s %v", q.what, a.who, a.said, ours.who, ours.said)
		}
	}
	return nil
}
