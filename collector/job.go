package collector

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"
)

// Job is work that is due on a schedule: to collect, to fill gaps, to make a backup, to
// look at every byte that is stored. Set the fields before [Job.Follow].
type Job struct {
	Name     string
	Schedule Schedule
	Jitter   time.Duration // after each slot; the same for one installation, so that not all ask at once
	Run      func(context.Context) error
	Logger   *slog.Logger
	Now      func() time.Time // nil means time.Now; a demo plays recorded time, and faster

	wall   func() time.Time // the machine's clock, where a test sets it
	glance time.Duration    // how often the loop looks at it, where a test has years to go

	mu     sync.Mutex
	status JobStatus
}

// JobStatus is how a job does. Nothing in it is of before the start of the process.
type JobStatus struct {
	Runs         uint64        // begun
	Failed       uint64        // of them, those that ended in an error or a panic
	Panics       uint64        // of Failed
	Skipped      uint64        // slots that passed during a run, or while the machine slept
	ClockSteps   uint64        // by more than two seconds: the clock was set, or the machine slept
	LastStep     time.Duration // of the clock, ahead or back
	LastStart    time.Time
	LastDuration time.Duration
	LastSuccess  time.Time // when a run last ended well
	LastError    string    // of the last run; "" when it was well, or there was none
	Next         time.Time // run; zero unless Follow runs
}

// Status returns how the job does. It is safe to call at any time.
func (j *Job) Status() JobStatus {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.status
}

// Follow runs the job at every slot of its schedule until ctx ends, one run at a time.
// A run that panics has failed; the next one is due all the same.
//
// It looks at the wall clock at least every second instead of sleeping until the
// next slot, because a timer neither notices a clock that is set nor a machine that
// slept. Of the slots that passed in the meantime the newest is made up for, the others
// are skipped and counted.
func (j *Job) Follow(ctx context.Context) {
	defer j.announce(time.Time{})
	next := j.Schedule.Next(j.slotTime())
	var clock watch
	var last time.Time // the slot that ran
	for {
		j.announce(next)
		awake := j.sleep(ctx, next)
		j.heed(&clock)
		if !awake {
			return
		}
		now := j.slotTime()
		if now.Before(next) {
			next = j.following(last, now)
			continue
		}
		var skipped uint64
		last, next, skipped = j.due(next, now)
		j.change(func(s *JobStatus) { s.Skipped += skipped })
		j.announce(next)
		j.runOnce(ctx)
	}
}

// heed notices that the machine's clock was set, or that it slept. A demo's clock is not
// the machine's.
func (j *Job) heed(clock *watch) {
	if j.Now != nil {
		return
	}
	step := clock.look(j.now(), time.Now())
	if step == 0 {
		return
	}
	j.change(func(s *JobStatus) { s.ClockSteps, s.LastStep = s.ClockSteps+1, step })
	j.Logger.Warn("clock stepped", "job", j.Name, "step_seconds", step.Seconds())
}

// runOnce runs the job and takes note of how that went.
func (j *Job) runOnce(ctx context.Context) {
	began, start := time.Now(), j.now()
	j.change(func(s *JobStatus) { s.Runs++; s.LastStart = start.UTC() })
	stack, err := recovered(func() error { return j.Run(ctx) })
	j.change(func(s *JobStatus) {
		s.LastDuration, s.LastError = time.Since(began), ""
		if err != nil {
			s.Failed, s.LastError = s.Failed+1, err.Error()
		} else {
			s.LastSuccess = start.Add(s.LastDuration).UTC()
		}
		if stack != nil {
			s.Panics++
		}
	})
	switch {
	case stack != nil:
		j.Logger.Error("job panicked", "job", j.Name, "error", err.Error(), "stack", string(stack))
	case err != nil && ctx.Err() == nil:
		j.Logger.Warn("job failed", "job", j.Name, "error", err.Error())
	}
}

// recovered turns a panic into an error, and says where it happened.
func recovered(run func() error) (stack []byte, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			stack, err = debug.Stack(), fmt.Errorf("panic: %v", fault)
		}
	}()
	return nil, run()
}

func (j *Job) change(change func(*JobStatus)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	change(&j.status)
}

// announce says when the next run begins; the zero time says that none will.
func (j *Job) announce(slot time.Time) {
	j.change(func(s *JobStatus) {
		s.Next = slot
		if !slot.IsZero() {
			s.Next = slot.Add(j.Jitter)
		}
	})
}
