package collector

import (
	"context"
	"sync/atomic"
	"time"

	"strata/layers"
)

// desk is where one source is dealt with.
type desk struct {
	source  Source
	name    string
	derived bool
	every   time.Duration // between two calls, at least; 0 for every cycle

	memories []memory    // by the places of the tokens; guarded by Collector.cycle
	busy     atomic.Bool // a call has not returned, maybe since an earlier cycle

	health   health    // guarded by Collector.mu, as is the rest
	answered time.Time // start of the last cycle in which it answered
	buckets  []*bucket // that its calls take from, as far as is known
}

// newDesk returns the desk of a source, for so many tokens.
func newDesk(source Source, tokens int) *desk {
	d := &desk{source: source, name: source.Name(), memories: make([]memory, tokens), health: newHealth()}
	d.derived = isDerived(source)
	if s, ok := source.(Spaced); ok {
		d.every = s.Every()
	}
	return d
}

// isDerived says whether a source repeats what another one says.
func isDerived(s Source) bool {
	d, ok := s.(Derived)
	return ok && d.Derived()
}

// spacingSlack is by how much two cycles may miss the distance that a source wants.
const spacingSlack = time.Second

// resting says whether a source that is well is not to be asked yet.
func (d *desk) resting(now time.Time) bool {
	since := now.Sub(d.answered)
	return d.every > 0 && d.health.failing == 0 && !d.answered.IsZero() && 0 <= since && since < d.every-spacingSlack
}

// lastWord is what the source said of a token when it was last asked, if it was usable.
func (d *desk) lastWord(token string, place int) (statement, bool) {
	m := &d.memories[place]
	if !m.known() || m.heard.Before(d.answered) {
		return statement{}, false
	}
	q := Quote{Token: token, Price: m.accepted, Time: m.time}
	price := m.accepted.Float64()
	return statement{
		desk: d, place: place, quote: q, usd: amounts{price: m.accepted}, reason: ReasonResting,
		voter: voter{price: price, last: price, recent: true},
	}, true
}

// status is a copy for others to keep.
func (d *desk) status() SourceStatus {
	s := d.health.status(d.source)
	for i, b := range d.buckets {
		if status := b.status(); i == 0 || status.tighter(s.Budget) {
			s.Budget = status
		}
	}
	if s.Budget.PausedUntil.After(s.RetryAt) {
		s.RetryAt = s.Budget.PausedUntil
	}
	return s
}

// round is what one cycle had of one source.
type round struct {
	desk     *desk
	listings []layers.Listing
	asked    bool
	resting  bool // it was not to be asked yet
	answer   Answer
	err      error
	buckets  []*bucket // that the answer took from
}

// ask asks the source on a goroutine of its own. What it says arrives in the
// channel, which holds one round, so that nobody has to wait for a latecomer.
func (d *desk) ask(ctx context.Context, listings []layers.Listing) <-chan round {
	done := make(chan round, 1)
	d.busy.Store(true)
	go func() {
		r := round{desk: d, listings: listings, asked: true}
		w := new(witness)
		r.answer, r.err = consult(ctx, w, func(ctx context.Context) (Answer, error) {
			return d.source.Latest(ctx, listings)
		})
		r.buckets = w.buckets()
		d.busy.Store(false)
		done <- r
	}()
	return done
}

// await waits for a round until the deadline has passed.
func await(done <-chan round, late <-chan struct{}, d *desk, listings []layers.Listing) round {
	select {
	case r := <-done:
		return r
	case <-late:
	}
	select {
	case r := <-done:
		return r
	default:
		return round{desk: d, listings: listings, asked: true, err: &Error{Kind: Timeout, Detail: "no answer by the deadline of the cycle"}}
	}
}

// askAll asks every source that is ready, all at once, and returns no later than
// shortly after the deadline of the cycle, whatever the sources do.
func (c *Collector) askAll(ctx context.Context, now time.Time) []round {
	// A source that heeds its context still needs a moment to say so.
	late, cancelLate := context.WithTimeout(ctx, c.opts.Deadline+c.opts.Deadline/20)
	defer cancelLate()
	ctx, cancel := context.WithTimeout(ctx, c.opts.Deadline)
	defer cancel()

	pending := make([]<-chan round, len(c.desks))
	rounds := make([]round, len(c.desks))
	for i, d := range c.desks {
		rounds[i] = round{desk: d, listings: c.opts.Catalogue.Listings(d.source.Name(), now)}
		if len(rounds[i].listings) == 0 {
			continue
		}
		var ready bool
		if ready, rounds[i].resting = c.ready(d, now); ready {
			pending[i] = d.ask(ctx, rounds[i].listings)
		}
	}
	for i, done := range pending {
		if done != nil {
			rounds[i] = await(done, late.Done(), c.desks[i], rounds[i].listings)
		}
	}
	return rounds
}

// ready says whether a source may be asked now, and if not, whether that is because it
// rests.
func (c *Collector) ready(d *desk, now time.Time) (ready, resting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d.resting(now) {
		return false, true
	}
	return !d.busy.Load() && !now.Before(d.health.retryAt), false
}
