package collector

import (
	"cmp"
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

// slotTime is the time by which slots are told: a run begins a fixed while after its
// slot.
func (j *Job) slotTime() time.Time { return j.now().Add(-j.Jitter) }

func (j *Job) now() time.Time {
	switch {
	case j.Now != nil:
		return j.Now()
	case j.wall != nil:
		return j.wall()
	}
	return time.Now()
}

// due returns the newest slot that has come, the one after it, and how many older
// ones are passed over.
func (j *Job) due(slot, now time.Time) (newest, next time.Time, skipped uint64) {
	next = j.Schedule.Next(slot)
	for ; skipped < maxSkipped && !next.After(now); skipped++ {
		slot, next = next, j.Schedule.Next(next)
	}
	if !next.After(now) {
		slot, next = now, j.Schedule.Next(now)
	}
	return slot, next, skipped
}

// following returns the slot to wait for at now. After a clock was set back it is
// computed anew, or the job would fall silent for as long; but a slot that already ran
// does not run again for a small correction.
func (j *Job) following(last, now time.Time) time.Time {
	after := now
	if last.After(now) && last.Sub(now) <= j.Schedule.period(last) {
		after = last
	}
	return j.Schedule.Next(after)
}

// sleep waits until the slot is due, but no longer than the loop may be blind. It
// returns false when ctx has ended.
func (j *Job) sleep(ctx context.Context, slot time.Time) bool {
	return rest(ctx, min(j.blind(), max(0, slot.Sub(j.slotTime()))))
}

// blind is how long the loop may go without a look at the clock.
func (j *Job) blind() time.Duration {
	if j.Now != nil {
		return fastWake
	}
	return cmp.Or(j.glance, wake)
}
