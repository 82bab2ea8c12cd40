package collector

import "time"

// Status is how the collector and its sources do. It is a copy.
type Status struct {
	Sources []SourceStatus     // in the order of Options.Sources
	Tokens  []TokenStatus      // as of the last cycle, ordered by token
	States  map[TokenState]int // tokens in every state, 0 where there is none
	Reasons map[Reason]int     // quotes of the last cycle that were rejected, for every reason

	Cycles       uint64        // that ran, since the start of the process
	Failed       uint64        // of them, those that kept nothing because keeping failed or no source answered
	Skipped      uint64        // slots that passed while a cycle ran, or while the machine slept
	Panics       uint64        // cycles that ended in a fault of ours
	ClockSteps   uint64        // by more than two seconds: the clock was set, or the machine slept
	LastStep     time.Duration // of the clock, ahead or back
	LastStart    time.Time
	LastSuccess  time.Time // start of the last cycle that did not fail
	LastDuration time.Duration
	Next         time.Time // zero unless Run runs
}

// SourceStatus is how one source does. A source is up when its last call
// succeeded; before its first it is not.
type SourceStatus struct {
	Name          string
	Up            bool
	LastSuccess   time.Time // start of the last cycle in which it answered and that was kept
	LastError     string    // of the failure that goes on; "" while the source is up
	LastErrorKind Kind
	RetryAt       time.Time         // before then it is not asked; zero when it may be
	Budget        BudgetStatus      // of its host, of the tightest one if there are several
	Requests      uint64            // calls over the network
	Failures      map[Kind]uint64   // of every kind, 0 where there was none
	Rejected      map[Reason]uint64 // for every reason, 0 where there was none
	Listings      int               // that it is asked for
	Accepted      int               // quotes accepted in the last cycle
}

// Status returns how things are now. It is safe to call at any time.
func (c *Collector) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := c.status
	job := c.job.Status()
	status.Skipped, status.Panics, status.Next = job.Skipped, job.Panics, job.Next
	status.ClockSteps, status.LastStep = job.ClockSteps, job.LastStep
	status.Sources = make([]SourceStatus, len(c.desks))
	for i, d := range c.desks {
		status.Sources[i] = d.status()
	}
	return status
}
