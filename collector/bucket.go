package collector

import (
	"context"
	"sync"
	"time"
)

// How a budget adapts to a source that wants less than it documents.
const (
	maxShare  = 16               // a sixteenth of the budget is the least it shrinks to
	quietPers = 10               // after so many times Per without a refusal it doubles again,
	quietMin  = 10 * time.Minute // but not sooner than this
)

// bucket holds the tokens of a budget. A token that was taken comes back Per later, so
// that no stretch of Per ever sees more than Calls; a bucket that is filled at a steady
// rate would let through twice as many in the first one. Live calls and those in the
// background share it, and what the source says about too many calls.
type bucket struct {
	budget Budget

	mu      sync.Mutex
	taken   []taken   // in order of time, the last Per only
	share   int       // the budget is divided by it: 1, 2, 4, 8, 16
	refused time.Time // the last refusal, or when the budget last grew after it
	refusal int       // refusals in a row
	until   time.Time // before then nobody asks
	waiting int       // live calls that wait for room
}

// taken is what one call took.
type taken struct {
	at         time.Time
	cost       int
	background bool
}

// wait takes what a call costs, once there is room for it. It returns false, and after
// how long there would be room, when ctx ends before that.
func (b *bucket) wait(ctx context.Context, cost int) (time.Duration, bool) {
	background := inBackground(ctx)
	room := b.take(cost, background)
	if room == 0 {
		return 0, ctx.Err() == nil
	}
	if !background {
		b.queue(1)
		defer b.queue(-1)
	}
	for ; room > 0; room = b.take(cost, background) {
		if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < room {
			return room, false
		}
		if !rest(ctx, room) {
			return room, false
		}
	}
	return 0, true
}

func (b *bucket) queue(calls int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waiting += calls
}

// take takes what a call costs and returns 0, or says when to try again.
func (b *bucket) take(cost int, background bool) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	room := b.room(now, cost, background)
	if room == 0 && b.budget.Calls > 0 {
		b.taken = append(b.taken, taken{now, cost, background})
	}
	return room
}

// room says how long it takes until there is room for a call.
func (b *bucket) room(now time.Time, cost int, background bool) time.Duration {
	pause := max(0, b.until.Sub(now))
	if b.budget.Calls <= 0 {
		return pause
	}
	b.forget(now)
	limit := b.limit()
	room := b.roomFor(now, cost, limit, false)
	if background {
		room = max(room, b.roomFor(now, cost, max(1, limit/2), true))
		if room == 0 && b.waiting > 0 {
			room = max(b.budget.Per/time.Duration(limit), time.Millisecond)
		}
	}
	return max(pause, room)
}

// roomFor says how long it takes until a call fits a limit, of all calls or of those in
// the background. A call that costs more than the limit waits until nothing is taken.
func (b *bucket) roomFor(now time.Time, cost, limit int, background bool) time.Duration {
	used, free := 0, max(0, limit-cost)
	for _, t := range b.taken {
		if t.background || !background {
			used += t.cost
		}
	}
	for _, t := range b.taken {
		if used <= free {
			break
		}
		if t.background || !background {
			if used -= t.cost; used <= free {
				return t.at.Add(b.budget.Per).Sub(now)
			}
		}
	}
	return 0
}

// forget drops what has come back.
func (b *bucket) forget(now time.Time) {
	n := 0
	for n < len(b.taken) && now.Sub(b.taken[n].at) >= b.budget.Per {
		n++
	}
	b.taken = append(b.taken[:0], b.taken[n:]...)
}

func (b *bucket) limit() int { return max(1, b.budget.Calls/max(1, b.share)) }

// refuse notes that the source refused a call that began at a time as one too many: the
// budget is halved, and nobody asks for as long as the source said or, when it goes on
// refusing or says nothing, for longer each time. Of calls that were under way together
// only the first counts as a refusal.
func (b *bucket) refuse(began time.Time, retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	if began.Before(b.refused) || began.Before(b.until) {
		b.pause(now.Add(retryAfter))
		return
	}
	b.refusal++
	b.refused = now
	b.share = min(2*max(1, b.share), maxShare)
	b.pause(now.Add(penalty(RateLimited, retryAfter, b.refusal, 0)))
}

// hold notes that the source, ill maybe, asked to be left alone for a while.
func (b *bucket) hold(retryAfter time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pause(time.Now().Add(retryAfter))
}

func (b *bucket) pause(until time.Time) {
	if until.After(b.until) {
		b.until = until
	}
}

// succeed notes that a call that began at a time was answered as it should be. A budget
// that was halved doubles after a long time without a refusal.
func (b *bucket) succeed(began time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if began.Before(b.refused) {
		return
	}
	b.refusal = 0
	if now := time.Now(); b.share > 1 && now.Sub(b.refused) >= max(quietPers*b.budget.Per, quietMin) {
		b.share, b.refused = b.share/2, now
	}
}

func (b *bucket) status() BudgetStatus {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	s := BudgetStatus{Per: b.budget.Per}
	if b.until.After(now) {
		s.PausedUntil = b.until.UTC().Round(0)
	}
	if b.budget.Calls <= 0 {
		return s
	}
	b.forget(now)
	s.Limit = b.limit()
	s.Left = s.Limit
	for _, t := range b.taken {
		s.Left -= t.cost
	}
	s.Left = max(0, s.Left)
	return s
}
