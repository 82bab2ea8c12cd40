package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"strata/layers"
)

// Defaults of [Options].
const (
	DefaultDeadline = 20 * time.Second
	DefaultMaxAge   = 10 * time.Minute
)

// Options of a [Collector].
type Options struct {
	Catalogue *layers.Catalogue // which tokens, and what each source calls them
	Sources   []Source
	Schedule  Schedule
	Jitter    time.Duration // after each slot; the same for one installation, so that not all ask at once
	Deadline  time.Duration // of one cycle; default [DefaultDeadline]
	MaxAge    time.Duration // of a quote by its source's own time; default [DefaultMaxAge]

	// Last holds the last accepted sample of each series, so that the first quotes
	// after a start are held against something.
	Last []layers.Sample
	// Keep makes the samples of a cycle durable, all or none. Only when it succeeded
	// does anything count as done.
	Keep func([]layers.Sample) error
	// After, if set, is told about every cycle once it has ended.
	After func(Cycle)

	Logger *slog.Logger
	Now    func() time.Time // nil means time.Now; a demo plays recorded time, and faster
}

// Cycle is what one round of asking all sources came to.
type Cycle struct {
	Time     time.Time // of its start, to the millisecond: the time of all its samples
	Duration time.Duration
	OK       []string // sources that answered
	Down     []string // sources that failed, or are left alone after a failure
	Quotes   int      // before the gates
	Samples  []layers.Sample
	Rejected []Rejection
	Tokens   []TokenStatus
	Err      error // why nothing was kept; nil when all is well
}

// errNoSource says that a cycle came to nothing.
var errNoSource = errors.New("no source answered")

// Collector asks sources and keeps what passes. All methods are safe for
// concurrent use.
type Collector struct {
	opts  Options
	desks []*desk

	cycle    sync.Mutex // one cycle at a time; guards memories
	memories map[series]memory

	mu     sync.Mutex // guards status and the desks' health
	status Status
}

// New returns a Collector, or all faults of the options.
func New(opts Options) (*Collector, error) {
	if err := opts.check(); err != nil {
		return nil, fmt.Errorf("start collector: %w", err)
	}
	opts.Deadline = cmp.Or(opts.Deadline, DefaultDeadline)
	opts.MaxAge = cmp.Or(opts.MaxAge, DefaultMaxAge)
	c := &Collector{opts: opts, memories: make(map[series]memory, len(opts.Last))}
	for _, source := range opts.Sources {
		c.desks = append(c.desks, &desk{source: source, health: newHealth()})
	}
	for _, s := range opts.Last {
		c.memories[series{s.Source, s.Token}] = memory{accepted: s.Price, kept: s.Time}
	}
	return c, nil
}

func (o *Options) check() error {
	var faults []error
	if o.Catalogue == nil || o.Keep == nil || o.Logger == nil {
		faults = append(faults, errors.New("a catalogue, a place to keep samples and a logger are needed"))
	}
	if o.Schedule.cron == nil {
		faults = append(faults, errors.New("a schedule is needed"))
	}
	if o.Deadline < 0 || o.MaxAge < 0 || o.Jitter < 0 {
		faults = append(faults, errors.New("deadline, maximum age and jitter cannot be negative"))
	}
	names := make(map[string]bool)
	for _, s := range o.Sources {
		if names[s.Name()] {
			faults = append(faults, fmt.Errorf("source %s is there twice", s.Name()))
		}
		names[s.Name()] = true
	}
	if len(names) == 0 {
		faults = append(faults, errors.New("at least one source is needed"))
	}
	return errors.Join(faults...)
}

func (c *Collector) now() time.Time {
	if c.opts.Now != nil {
		return c.opts.Now()
	}
	return time.Now()
}

// Collect runs one cycle: it asks all sources that may be asked, and keeps what
// passes the gates. A context that ends stops it with nothing kept.
func (c *Collector) Collect(ctx context.Context) Cycle {
	c.cycle.Lock()
	defer c.cycle.Unlock()
	began, start := time.Now(), c.now()
	rounds := c.askAll(ctx, start)
	if err := ctx.Err(); err != nil {
		return Cycle{Time: start.UTC().Truncate(time.Millisecond), Err: fmt.Errorf("collect prices: %w", context.Cause(ctx))}
	}
	j := c.judge(rounds, c.now())
	cycle := Cycle{
		Time: start.UTC().Truncate(time.Millisecond), Quotes: j.quotes, Rejected: j.rejected, Tokens: j.tokens,
	}
	cycle.Samples = j.samples(cycle.Time)
	cycle.OK, cycle.Down = c.assess(rounds, start)
	cycle.Err = c.keep(cycle)
	if cycle.Err == nil {
		c.acknowledge(j.accepted, cycle.Time)
	}
	cycle.Duration = time.Since(began)
	c.record(cycle)
	if c.opts.After != nil {
		c.opts.After(cycle)
	}
	return cycle
}

// keep hands over what was accepted, in one go.
func (c *Collector) keep(cycle Cycle) error {
	if len(cycle.OK) == 0 && len(cycle.Down) > 0 && len(cycle.Samples) == 0 {
		return errNoSource
	}
	if len(cycle.Samples) == 0 {
		return nil
	}
	if err := c.opts.Keep(cycle.Samples); err != nil {
		return fmt.Errorf("keep %d samples: %w", len(cycle.Samples), err)
	}
	return nil
}

// acknowledge moves the values that the next quotes are held against.
func (c *Collector) acknowledge(accepted []candidate, at time.Time) {
	for _, a := range accepted {
		c.memories[a.series] = memory{accepted: a.quote.Price, time: a.quote.Time, kept: at}
	}
}
