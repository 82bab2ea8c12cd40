package risk

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"strata/layers"
)

// Engine holds the grids of the longest window in memory and answers for now. It is
// safe for concurrent use.
//
// It keeps no sum that could drift: every snapshot is computed from the grids
// afresh, and from what each layer's volatility was on each day of the past year, which
// [Engine.Recall] computes from the history. A sample may arrive late and in any order, so backfill is simply observed;
// a grid forgets what is older than its window.
type Engine struct {
	catalogue *layers.Catalogue
	latest    atomic.Pointer[Snapshot]

	recalling sync.Mutex

	mu    sync.Mutex
	book  map[string]*series // by token
	days  days
	caps  caps
	jumps map[string]Jumps // by layer
}

// NewEngine returns an engine that knows no prices yet.
func NewEngine(c *layers.Catalogue) *Engine {
	return &Engine{catalogue: c, book: map[string]*series{}, days: days{}, caps: caps{}, jumps: map[string]Jumps{}}
}

// Load takes in what the history holds of the longest window before now. Samples
// that are observed meanwhile are kept. A token whose history cannot be read is
// left with what could be, and the others are loaded all the same.
func (e *Engine) Load(ctx context.Context, h History, now time.Time) error {
	var faults []error
	for _, t := range e.catalogue.Tokens() {
		if err := ctx.Err(); err != nil {
			return err
		}
		for sample, err := range read(h, t, now, horizon) {
			if err != nil {
				faults = append(faults, err)
				break
			}
			e.Observe(sample)
		}
		for sample, err := range readCaps(h, t, now, horizon+capReach) {
			if err != nil {
				faults = append(faults, err)
				break
			}
			e.observeCap(sample)
		}
	}
	return errors.Join(faults...)
}

func (e *Engine) observeCap(s layers.Sample) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.caps.add(s)
}

// Observe takes in accepted samples. One of a token that the catalogue does not know
// is ignored.
func (e *Engine) Observe(samples ...layers.Sample) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range samples {
		t, ok := e.catalogue.Token(s.Token)
		if !ok {
			continue
		}
		add(e.book, s)
		e.caps.add(s)
		if of, ok := continued(e.catalogue, t, s); ok {
			add(e.book, of)
		}
		e.days.unsettle(s)
	}
}

// Snapshot computes everything as of at and keeps it as the newest. The engine only
// knows the present: at must not be before the newest sample observed, or that
// sample's age and price show in what should not know it yet. [Compute] answers for
// the past.
func (e *Engine) Snapshot(at time.Time) *Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	v := newView(e.catalogue, e.book, at, e.latest.Load())
	v.days, v.caps = e.days, e.caps
	s := v.snapshot()
	v.countJumps(e.jumps)
	e.latest.Store(s)
	return s
}

// Latest returns the newest snapshot, nil before the first.
func (e *Engine) Latest() *Snapshot { return e.latest.Load() }

// add files a sample under its token.
func add(book map[string]*series, sample layers.Sample) {
	s := book[sample.Token]
	if s == nil {
		s = new(series)
		book[sample.Token] = s
	}
	s.add(sample)
}
