package collector

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"strata/layers"
)

// desk is where one source is dealt with.
type desk struct {
	source Source
	busy   atomic.Bool // a call has not returned, maybe since an earlier cycle
	health health      // guarded by Collector.mu
}

// round is what one cycle had of one source.
type round struct {
	desk     *desk
	listings []layers.Listing
	asked    bool
	answer   Answer
	err      error
}

// ask asks the source on a goroutine of its own. What it says arrives in the
// channel, which holds one round, so that nobody has to wait for a latecomer.
func (d *desk) ask(ctx context.Context, listings []layers.Listing) <-chan round {
	done := make(chan round, 1)
	d.busy.Store(true)
	go func() {
		r := round{desk: d, listings: listings, asked: true}
		r.answer, r.err = guard(func() (Answer, error) { return d.source.Latest(ctx, listings) })
		d.busy.Store(false)
		done <- r
	}()
	return done
}

// guard turns a panic of a source into an error: it is one source's fault and must
// not be everybody's.
func guard[T any](call func() (T, error)) (result T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = NewError(Panicked, fmt.Errorf("%v", fault))
		}
	}()
	return call()
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
		if len(rounds[i].listings) > 0 && c.ready(d, now) {
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

func (c *Collector) ready(d *desk, now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !d.busy.Load() && !now.Before(d.health.retryAt)
}
