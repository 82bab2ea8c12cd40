package collector

import "time"

// Status is how the collector and its sources do. It is a copy.
type Status struct {
	Sources []SourceStatus // in the order of Options.Sources
	Tokens  []TokenStatus  // as of the last cycle, ordered by token

	Cycles       uint64 // that ran, since the start of the process
	Failed       uint64 // of them, those that kept nothing because keeping failed or no source answered
	Skipped      uint64 // slots that passed while a cycle ran, or while the machine slept
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
	Requests      uint64            // calls over the network
	Failures      map[Kind]uint64   // of every kind, 0 where there was none
	Rejected      map[Reason]uint64 // for every reason, 0 where there was none
	Listings      int               // that it is asked for
	Accepted      int               // quotes accepted in the last cycle
}

// TokenState says what the sources together make of a token.
type TokenState string

// The states of a token.
const (
	TokenOK           TokenState = "ok"
	TokenSingleSource TokenState = "single_source"
	TokenDisputed     TokenState = "disputed" // two sources differ by more than 50 bp
	TokenMissing      TokenState = "missing"  // no source has a usable price
)

// TokenStatus is what the last cycle made of one token.
type TokenStatus struct {
	Token   string
	State   TokenState
	Spread  float64  // highest over lowest of the prices of Sources, less 1; 0 with fewer than two
	Sources []string // with a usable price, new or a cached repeat of the last one
}

// Status returns how things are now. It is safe to call at any time.
func (c *Collector) Status() Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	status := c.status
	status.Sources = make([]SourceStatus, len(c.desks))
	for i, d := range c.desks {
		status.Sources[i] = d.health.status(d.source)
	}
	return status
}
