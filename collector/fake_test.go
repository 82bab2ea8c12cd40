package collector

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

// catalogue returns three tokens that each of the sources lists under its slug.
func catalogue(t *testing.T, sources ...string) *layers.Catalogue {
	t.Helper()
	names := strings.Join(sources, " ")
	return listing(t, "bittensor "+names, "ethereum "+names, "ocean-protocol "+names)
}

// listing returns a catalogue of tokens, each row a slug and the sources that list it.
func listing(t testing.TB, rows ...string) *layers.Catalogue {
	t.Helper()
	var text strings.Builder
	text.WriteString(`version: "2026-06-24"
layers:
  - slug: infrastructure
    order: 1
    name: {en: Infrastructure}
    subcategories: [{slug: training, name: {en: Training}}]
tokens:
`)
	for _, row := range rows {
		words := strings.Fields(row)
		fmt.Fprintf(&text, `  - slug: %s
    name: %s
    symbols: [{symbol: %.3s}]
    memberships: [{layer: infrastructure, subcategory: training, role: primary, weight: 1}]
    listings:
`, words[0], words[0], strings.ToUpper(words[0]))
		for _, source := range words[1:] {
			fmt.Fprintf(&text, "      - {source: %s, symbol: %s}\n", source, words[0])
		}
	}
	c, err := layers.Parse("test.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fake is a source in the test's own hands.
type fake struct {
	name   string
	latest func(ctx context.Context, listings []layers.Listing) (Answer, error)

	mu    sync.Mutex
	calls []time.Time
}

func (f *fake) Name() string { return f.name }

func (f *fake) Requests() uint64 { return uint64(len(f.asked())) }

// asked returns when the source was asked.
func (f *fake) asked() []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.calls)
}

func (f *fake) Latest(ctx context.Context, listings []layers.Listing) (Answer, error) {
	f.mu.Lock()
	f.calls = append(f.calls, time.Now())
	f.mu.Unlock()
	return f.latest(ctx, listings)
}

// quoting answers every listing with a price of now.
func quoting(price func(token string) layers.Decimal) func(context.Context, []layers.Listing) (Answer, error) {
	return func(_ context.Context, listings []layers.Listing) (Answer, error) {
		var answer Answer
		for _, l := range listings {
			answer.Quotes = append(answer.Quotes, Quote{Token: l.Token, Price: price(l.Token), Time: time.Now()})
		}
		return answer, nil
	}
}

func always(p layers.Decimal) func(string) layers.Decimal {
	return func(string) layers.Decimal { return p }
}

// shelf keeps what a collector gives it.
type shelf struct {
	mu      sync.Mutex
	batches [][]layers.Sample
	notes   [][]byte
	err     error
}

func (s *shelf) keep(_ time.Time, samples []layers.Sample, note []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.notes = append(s.notes, note)
	if len(samples) > 0 {
		s.batches = append(s.batches, samples)
	}
	return nil
}

func (s *shelf) samples() []layers.Sample {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []layers.Sample
	for _, batch := range s.batches {
		all = append(all, batch...)
	}
	return all
}

// start makes a collector of the sources, collecting every minute onto the shelf.
func start(t *testing.T, s *shelf, opts Options, sources ...*fake) *Collector {
	t.Helper()
	var names []string
	for _, f := range sources {
		names = append(names, f.name)
	}
	return startOn(t, s, opts, catalogue(t, names...), sources...)
}

// startOn is start with a catalogue of its own.
func startOn[S Source](t *testing.T, s *shelf, opts Options, catalogue *layers.Catalogue, sources ...S) *Collector {
	t.Helper()
	for _, source := range sources {
		opts.Sources = append(opts.Sources, source)
	}
	opts.Catalogue, opts.Keep = catalogue, s.keep
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.Schedule.cron == nil {
		opts.Schedule = mustSchedule(t, "* * * * *")
	}
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// elapse lets virtual time go by.
func elapse(d time.Duration) { <-time.After(d) }

// run lets a collector run for a while of virtual time.
func run(t *testing.T, c *Collector, while time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), while)
	defer cancel()
	if err := c.Run(ctx); err != nil {
		t.Errorf("Run: %v", err)
	}
	synctest.Wait() // for calls that the end of the run broke off
}
