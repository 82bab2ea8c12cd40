package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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
	// Keep makes the samples of a cycle durable, all or none, and a note of all that was
	// heard beside them (see [DecodeNote]); a cycle may have a note and no sample. Only
	// when it succeeded does anything count as done.
	Keep func(at time.Time, samples []layers.Sample, note []byte) error
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
	Rate     layers.Decimal // US dollars for one USDT; zero when it is not known
	Heard    []Heard        // all that was said, and what became of it, ordered by token, then by source
	Err      error          // why nothing was kept; nil when all is well
}

// errNoSource says that a cycle came to nothing.
var errNoSource = errors.New("no source answered")

// Collector asks sources and keeps what passes. All methods are safe for
// concurrent use.
type Collector struct {
	opts  Options
	desks []*desk
	job   *Job

	slugs  []string       // of all tokens, in order
	places map[string]int // of a slug in slugs

	cycle sync.Mutex // one cycle at a time; guards the desks' memories

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
	c := &Collector{opts: opts, places: make(map[string]int)}
	for _, t := range opts.Catalogue.Tokens() {
		c.slugs = append(c.slugs, t.Slug)
	}
	slices.Sort(c.slugs)
	for place, slug := range c.slugs {
		c.places[slug] = place
	}
	for _, source := range opts.Sources {
		c.desks = append(c.desks, newDesk(source, len(c.slugs)))
	}
	c.remember(opts.Last)
	c.job = &Job{
		Name: "collect", Schedule: opts.Schedule, Jitter: opts.Jitter, Logger: opts.Logger, Now: opts.Now,
		Run: func(ctx context.Context) error { c.Collect(ctx); return nil },
	}
	return c, nil
}

// remember notes what was accepted before the process started.
func (c *Collector) remember(last []layers.Sample) {
	byName := make(map[string]*desk, len(c.desks))
	for _, d := range c.desks {
		byName[d.name] = d
	}
	for _, s := range last {
		if place, ok := c.places[s.Token]; ok && byName[s.Source] != nil {
			byName[s.Source].memories[place] = memory{accepted: s.Price, said: s.Price, kept: s.Time}
		}
	}
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

func (c *Collector) now() time.Time { return c.job.now() }

// Run collects at every slot of the schedule until ctx ends, and returns nil then. Slots
// that passed unused are skipped: prices of the past cannot be asked for like that.
func (c *Collector) Run(ctx context.Context) error {
	c.job.Follow(ctx)
	return nil
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
		Time: start.UTC().Truncate(time.Millisecond), Quotes: quotes(rounds), Rejected: j.rejections(), Tokens: j.tokens,
		Rate: j.rate, Heard: j.heard(),
	}
	cycle.Samples = j.samples(cycle.Time)
	cycle.OK, cycle.Down = c.assess(rounds, start)
	cycle.Err = c.keep(cycle)
	if cycle.Err == nil {
		j.acknowledge(cycle.Time)
	}
	cycle.Duration = time.Since(began)
	c.record(cycle)
	if c.opts.After != nil {
		c.opts.After(cycle)
	}
	return cycle
}

// quotes counts what came of quotes.
func quotes(rounds []round) (n int) {
	for _, r := range rounds {
		n += len(r.answer.Quotes)
	}
	return n
}

// keep hands over what was accepted and the note of the cycle, in one go.
func (c *Collector) keep(cycle Cycle) error {
	if err := c.opts.Keep(cycle.Time, cycle.Samples, cycle.Note().Encode()); err != nil {
		return fmt.Errorf("keep %d samples: %w", len(cycle.Samples), err)
	}
	if len(cycle.OK) == 0 && len(cycle.Down) > 0 && len(cycle.Samples) == 0 {
		return errNoSource
	}
	return nil
}

// acknowledge moves the values that the next quotes are held against.
func (j *judgement) acknowledge(at time.Time) {
	for _, s := range j.said {
		if s.reason == "" {
			*s.memory() = memory{accepted: s.usd.price, said: s.quote.Price, time: s.quote.Time, kept: at, heard: at}
		}
	}
}
