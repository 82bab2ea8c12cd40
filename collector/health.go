package collector

import (
	"errors"
	"maps"
	"time"
)

// How long a source is left alone after a failure.
const (
	limitedWait = time.Minute      // after the first "too many requests" that names no time; doubles
	maxLimited  = time.Hour        // the most after "too many requests"
	blockedWait = 6 * time.Hour    // after "not you"
	maxBackoff  = 15 * time.Minute // the most after any other failure
)

// penalty returns how long to leave a source alone after its n-th failure in a row, n
// counting from 1, when cycles are a period apart.
func penalty(kind Kind, retryAfter time.Duration, n int, period time.Duration) time.Duration {
	doubled := time.Duration(1) << min(n-1, 10)
	switch {
	case kind == Blocked:
		return blockedWait
	case kind == OverBudget:
		return retryAfter
	case kind == RateLimited && n == 1 && retryAfter > 0:
		return retryAfter
	case kind == RateLimited:
		return min(max(retryAfter, limitedWait*doubled), maxLimited)
	}
	// Half a period less, so that the cycle that is due then finds the source ready
	// however exactly it starts. The first failure costs no cycle at all.
	backoff := min(min(period, maxBackoff)*doubled, maxBackoff)
	return max(0, backoff-period/2, retryAfter)
}

// health is what is known of how a source does.
type health struct {
	failing     int // failures in a row
	lastSuccess time.Time
	lastError   error
	retryAt     time.Time
	failures    map[Kind]uint64
	rejected    map[Reason]uint64
	listings    int
	accepted    int // in the last cycle
}

func newHealth() health {
	// Every counter is there from the start: what never happened is 0, not unknown.
	h := health{failures: make(map[Kind]uint64), rejected: make(map[Reason]uint64)}
	for _, kind := range kinds() {
		h.failures[kind] = 0
	}
	for _, reason := range reasons() {
		h.rejected[reason] = 0
	}
	return h
}

// fail notes a failure and says for how long the source is left alone.
func (h *health) fail(err error, now time.Time, period time.Duration) {
	h.failing++
	h.lastError = err
	var retryAfter time.Duration
	if e, ok := errors.AsType[*Error](err); ok {
		retryAfter = e.RetryAfter
	}
	kind := kindOf(err)
	h.failures[kind]++
	h.retryAt = now.Add(penalty(kind, retryAfter, h.failing, period))
}

// answered notes that the source answered. When it last succeeded is noted once
// what it said is kept.
func (h *health) answered() {
	h.failing, h.retryAt, h.lastError = 0, time.Time{}, nil
}

// status is a copy for others to keep.
func (h *health) status(source Source) SourceStatus {
	s := SourceStatus{
		Name:        source.Name(),
		Up:          h.failing == 0 && !h.lastSuccess.IsZero(),
		LastSuccess: h.lastSuccess,
		RetryAt:     h.retryAt,
		Requests:    source.Requests(),
		Failures:    maps.Clone(h.failures),
		Rejected:    maps.Clone(h.rejected),
		Listings:    h.listings,
		Accepted:    h.accepted,
	}
	if h.lastError != nil {
		s.LastError, s.LastErrorKind = h.lastError.Error(), kindOf(h.lastError)
	}
	return s
}
