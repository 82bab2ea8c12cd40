package risk

import (
	"context"
	"errors"
	"slices"
	"time"

	"strata/layers"
)

// Recall computes what the volatility of the layers was on each day that now is
// compared with and that the engine does not know yet: all of a year after a start,
// one when a day has ended, those that [Engine.Observe] has since got samples of, or,
// nearly for nothing, none. The history must hold what was observed.
//
// It reads a month of one layer at a time and holds up nobody who observes or takes a
// snapshot; snapshots tell more as it goes on. Of several at once only the first
// works. A token whose history cannot be read is left with what could be.
func (e *Engine) Recall(ctx context.Context, h History, now time.Time) error {
	if !e.recalling.TryLock() {
		return nil
	}
	defer e.recalling.Unlock()
	e.forget(lastDay(now) - yearDays)
	var faults []error
	for past := range slices.Chunk(year(now), daysAtOnce) {
		faults = append(faults, e.recall(ctx, h, e.unknown(past)))
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return errors.Join(faults...)
}

// recall computes some days, newest first.
func (e *Engine) recall(ctx context.Context, h History, past []int64) error {
	if len(past) == 0 {
		return nil
	}
	values := days{}
	var faults []error
	for _, l := range e.catalogue.Layers() {
		of, err := recollect(ctx, e.catalogue, h, l.Slug, past)
		values.add(l.Slug, of)
		faults = append(faults, err)
	}
	e.settle(past, values, ctx.Err() == nil)
	return errors.Join(faults...)
}

// unknown returns those days that are not known, and marks them as looked at.
func (e *Engine) unknown(past []int64) []int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	var unknown []int64
	for _, day := range past {
		if _, ok := e.days[day]; !ok {
			unknown = append(unknown, day)
			e.days[day] = nil
		}
	}
	return unknown
}

// settle keeps what was computed of the days that were looked at, or, when that was
// not finished, takes their mark away. A day without its mark had a sample meanwhile.
func (e *Engine) settle(past []int64, values days, finished bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, day := range past {
		_, marked := e.days[day]
		switch {
		case !finished:
			delete(e.days, day)
		case marked:
			e.days[day] = values[day]
		}
	}
}

// forget drops the days up to one.
func (e *Engine) forget(last int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for day := range e.days {
		if day <= last {
			delete(e.days, day)
		}
	}
}

// unsettle drops the days that a sample belongs to: the one it lies in, and, near its
// end, the next, whose first price it may be.
func (d days) unsettle(s layers.Sample) {
	day := s.Time.Add(24*time.Hour-1).Unix() / (24 * 60 * 60)
	delete(d, day)
	if s.Time.After(midnight(day + 1).Add(-dayReach)) {
		delete(d, day+1)
	}
}
