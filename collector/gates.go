package collector

import (
	"math"
	"time"

	"strata/layers"
)

// Reason says why a quote was not accepted. It is a label of the source's metrics.
type Reason string

// The reasons, in the order of the gates.
const (
	ReasonMissing     Reason = "missing"     // the source had no price for the listing
	ReasonMalformed   Reason = "malformed"   // what the source had was no price, or of something not asked for
	ReasonNonPositive Reason = "nonpositive" // zero, negative, or beyond any price there is
	ReasonStale       Reason = "stale"       // the source's own time is too long ago, or before that of the last accepted quote
	ReasonFuture      Reason = "future"      // the source's own time is yet to come
	ReasonUnchanged   Reason = "unchanged"   // the very quote that was accepted before: no fault, and no new sample
	ReasonHeld        Reason = "held"        // a jump that the source's next quote has to confirm
	ReasonOutlier     Reason = "outlier"     // out of the band of the other sources
	ReasonDisputed    Reason = "disputed"    // two sources differ, and this one is the less credible
)

func reasons() []Reason {
	return []Reason{
		ReasonMissing, ReasonMalformed, ReasonNonPositive, ReasonStale, ReasonFuture,
		ReasonUnchanged, ReasonHeld, ReasonOutlier, ReasonDisputed,
	}
}

// Limits of the gates.
const (
	minPrice  = 1e-12 // US dollars
	maxPrice  = 1e9
	maxFuture = 60 * time.Second
	maxJump   = 0.5 // of ln(price), both for a jump and for what confirms it
)

// inRange says whether a price can be one.
func inRange(price layers.Decimal) bool {
	p := price.Float64()
	return minPrice <= p && p <= maxPrice // false for NaN
}

// memory is what is known about one token at one source: what the next quote of
// the source is held against.
type memory struct {
	accepted layers.Decimal // zero before the first
	time     time.Time      // the source's own time of accepted; zero when it gave none
	kept     time.Time      // of the cycle that accepted it
	held     Quote          // a jump that waits for its confirmation; its price is zero when there is none
}

func (m memory) known() bool { return m.accepted.IsPositive() }

// examine holds a quote against the value itself, the clock and the source's own
// past. It returns "" for a quote that passes, and the memory with which the next
// quote is to be examined; what is accepted in the end is for the caller to note.
func (m memory) examine(q Quote, now time.Time, maxAge time.Duration) (Reason, memory) {
	switch {
	case !inRange(q.Price):
		return ReasonNonPositive, m
	case !q.Time.IsZero() && now.Sub(q.Time) > maxAge:
		return ReasonStale, m
	case !q.Time.IsZero() && q.Time.Sub(now) > maxFuture:
		return ReasonFuture, m
	case repeats(q, m.accepted, m.time):
		return ReasonUnchanged, m
	case !q.Time.IsZero() && q.Time.Before(m.time): // an older copy from another cache
		return ReasonStale, m
	}
	return m.jump(q)
}

// jump holds a quote that is far from the last accepted one until the next quote of
// the same source confirms it. A bad print that a cache hands out again confirms
// nothing.
func (m memory) jump(q Quote) (Reason, memory) {
	held := m.held
	switch {
	case !m.known() || logMove(m.accepted, q.Price) <= maxJump:
		m.held = Quote{}
		return "", m
	case !held.Price.IsPositive() || repeats(q, held.Price, held.Time) || logMove(held.Price, q.Price) > maxJump:
		m.held = q
		return ReasonHeld, m
	}
	m.held = Quote{}
	return "", m
}

// repeats says whether a quote is one that was seen before, by the source's own
// clock. A source without a clock may well quote the same price twice.
func repeats(q Quote, price layers.Decimal, at time.Time) bool {
	return !q.Time.IsZero() && q.Time.Equal(at) && q.Price.Cmp(price) == 0
}

// logMove is |ln(b/a)|.
func logMove(a, b layers.Decimal) float64 {
	return math.Abs(math.Log(b.Float64() / a.Float64()))
}
