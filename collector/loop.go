package collector

import (
	"context"
	"time"
)

// How often the loop looks at the clock.
const (
	wake     = time.Second
	fastWake = 10 * time.Millisecond // of a clock that is not the machine's and may run faster
)

// maxSkipped bounds the counting of slots after a leap of the clock.
const maxSkipped = 100_000

// Run collects at every slot of the schedule until ctx ends, and returns nil then.
//
// It looks at the wall clock at least every second instead of sleeping until the
// next slot, because a timer neither notices a clock that is set nor a machine that
// slept. Slots that passed in the meantime are skipped and counted: prices of the
// past cannot be asked for.
func (c *Collector) Run(ctx context.Context) error {
	defer c.announce(time.Time{})
	next := c.opts.Schedule.Next(c.slotTime())
	var last time.Time // the slot that ran
	for {
		c.announce(next)
		if !c.sleep(ctx, next) {
			return nil
		}
		now := c.slotTime()
		if now.Before(next) {
			next = c.following(last, now)
			continue
		}
		var skipped uint64
		last, next, skipped = c.due(next, now)
		c.skip(skipped)
		c.announce(next)
		c.Collect(ctx)
	}
}

// slotTime is the time by which slots are told: a cycle runs a fixed while after
// its slot.
func (c *Collector) slotTime() time.Time { return c.now().Add(-c.opts.Jitter) }

// due returns the newest slot that has come, the one after it, and how many older
// ones are passed over.
func (c *Collector) due(slot, now time.Time) (newest, next time.Time, skipped uint64) {
	next = c.opts.Schedule.Next(slot)
	for ; skipped < maxSkipped && !next.After(now); skipped++ {
		slot, next = next, c.opts.Schedule.Next(next)
	}
	if !next.After(now) {
		slot, next = now, c.opts.Schedule.Next(now)
	}
	return slot, next, skipped
}

// following returns the slot to wait for at now. After a clock was set back it is
// computed anew, or the collector would fall silent for as long; but a slot that
// already ran does not run again for a small correction.
func (c *Collector) following(last, now time.Time) time.Time {
	after := now
	if last.After(now) && last.Sub(now) <= c.opts.Schedule.period(last) {
		after = last
	}
	return c.opts.Schedule.Next(after)
}

// sleep waits until the slot is due, but no longer than the loop may be blind. It
// returns false when ctx has ended.
func (c *Collector) sleep(ctx context.Context, slot time.Time) bool {
	longest := wake
	if c.opts.Now != nil {
		longest = fastWake
	}
	timer := time.NewTimer(min(longest, max(0, slot.Sub(c.slotTime()))))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// announce says when the next cycle begins; the zero time says that none will.
func (c *Collector) announce(slot time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status.Next = slot
	if !slot.IsZero() {
		c.status.Next = slot.Add(c.opts.Jitter)
	}
}

func (c *Collector) skip(slots uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status.Skipped += slots
}
