package collector

import (
	"context"
	"log/slog"
	"time"
)

// assess notes how each source did, and says so when that changes.
func (c *Collector) assess(rounds []round, now time.Time) (ok, down []string) {
	for _, r := range rounds {
		name := r.desk.source.Name()
		before, after := c.update(r, now)
		switch {
		case len(r.listings) == 0 || r.resting:
			continue
		case r.asked && r.err == nil:
			ok = append(ok, name)
		default:
			down = append(down, name)
		}
		// Logging may block, so no lock is held here.
		switch {
		case before.failing == 0 && after.failing > 0:
			c.opts.Logger.Warn("source is down", "source", name, "kind", string(kindOf(r.err)),
				"error", r.err.Error(), "retry_at", after.retryAt.UTC())
		case before.failing > 0 && after.failing == 0:
			c.opts.Logger.Info("source is up again", "source", name, "failures", before.failing)
		}
	}
	return ok, down
}

// update notes how one source did, and returns its health before and after.
func (c *Collector) update(r round, now time.Time) (before, after health) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &r.desk.health
	before = *h
	h.listings = len(r.listings)
	if len(r.buckets) > 0 {
		r.desk.buckets = r.buckets
	}
	switch {
	case !r.asked:
	case r.err != nil:
		h.fail(r.err, now, c.opts.Schedule.period(now))
	default:
		h.answered()
		r.desk.answered = now.Truncate(time.Millisecond)
	}
	return before, *h
}

// record makes a finished cycle part of the status, and writes its one line.
func (c *Collector) record(cycle Cycle) {
	c.count(cycle)
	level, stored := slog.LevelInfo, len(cycle.Samples)
	var attrs []any
	if cycle.Err != nil {
		level, stored = slog.LevelError, 0
		attrs = append(attrs, "error", cycle.Err.Error())
	}
	attrs = append(attrs, "at", cycle.Time, "sources_ok", len(cycle.OK), "sources_failed", len(cycle.Down),
		"quotes", cycle.Quotes, "accepted", len(cycle.Samples), "rejected", len(cycle.Rejected),
		"stored", stored, "duration_seconds", cycle.Duration.Seconds())
	if next := c.job.Status().Next; !next.IsZero() {
		attrs = append(attrs, "next", next)
	}
	c.opts.Logger.Log(context.Background(), level, "cycle finished", attrs...)
}

// count adds a cycle to the status.
func (c *Collector) count(cycle Cycle) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &c.status
	s.Cycles++
	s.LastStart, s.LastDuration, s.Tokens = cycle.Time, cycle.Duration, cycle.Tokens
	s.States, s.Reasons = make(map[TokenState]int), make(map[Reason]int)
	for _, state := range tokenStates() {
		s.States[state] = 0
	}
	for _, reason := range reasons() {
		s.Reasons[reason] = 0
	}
	byName := make(map[string]*health, len(c.desks))
	for _, d := range c.desks {
		d.health.accepted = 0
		byName[d.source.Name()] = &d.health
	}
	for _, r := range cycle.Rejected {
		byName[r.Source].rejected[r.Reason]++
		s.Reasons[r.Reason]++
	}
	for _, t := range cycle.Tokens {
		s.States[t.State]++
	}
	if cycle.Err != nil {
		s.Failed++
		return // what was not kept was not accepted
	}
	s.LastSuccess = cycle.Time
	for _, sample := range cycle.Samples {
		byName[sample.Source].accepted++
	}
	for _, name := range cycle.OK {
		byName[name].lastSuccess = cycle.Time
	}
}
