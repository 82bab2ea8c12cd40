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
	ReasonNoRate      Reason = "no_rate"     // quoted in USDT, and nobody knows what that costs
	ReasonUnchanged   Reason = "unchanged"   // the very quote that was accepted before: no fault, and no new sample
	ReasonFrozen      Reason = "frozen"      // the same, for three cycles in a row
	ReasonHeld        Reason = "held"        // a jump that the source's next quotes have to confirm
	ReasonOutlier     Reason = "outlier"     // out of the band of the other sources
	ReasonDisputed    Reason = "disputed"    // two sources differ, and this one is the less credible
	ReasonDerived     Reason = "derived"     // from a source that has spoken itself: no fault, and no vote

	// ReasonResting is that of a quote that stands because its source is asked less
	// often than every cycle. It is no rejection and is not counted.
	ReasonResting Reason = "resting"
)

func reasons() []Reason {
	return []Reason{
		ReasonMissing, ReasonMalformed, ReasonNonPositive, ReasonStale, ReasonFuture, ReasonNoRate,
		ReasonUnchanged, ReasonFrozen, ReasonHeld, ReasonOutlier, ReasonDisputed, ReasonDerived,
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

// frozenAfter is how many cycles in a row a source may say the very same.
const frozenAfter = 3

// memory is what is known about one token at one source: what the next quote of
// the source is held against.
type memory struct {
	accepted  layers.Decimal // US dollars; zero before the first
	said      layers.Decimal // the same as the source said it; zero after a start
	time      time.Time      // the source's own time of it; zero when it gave none
	kept      time.Time      // of the cycle that accepted it
	heard     time.Time      // of the last cycle in which the source said it, again maybe
	repeats   int            // cycles in a row in which it said the very same again
	held      Quote          // a jump that waits to be confirmed, in dollars; its price is zero when there is none
	confirmed int            // how often it was
}

func (m memory) known() bool { return m.accepted.IsPositive() }

// examine holds a quote, which is so many dollars, against the value itself, the clock
// and the source's own past. It returns "" for a quote that passes, and the memory with
// which the next quote is to be examined; what is accepted in the end, and how often a
// jump has to be confirmed, is for the caller to decide.
func (m memory) examine(q Quote, dollars layers.Decimal, now time.Time, maxAge time.Duration) (Reason, memory) {
	switch {
	case !inRange(dollars):
		return ReasonNonPositive, m
	case !q.Time.IsZero() && now.Sub(q.Time) > maxAge:
		return ReasonStale, m
	case !q.Time.IsZero() && q.Time.Sub(now) > maxFuture:
		return ReasonFuture, m
	case repeats(q, m.said, m.time):
		return m.repeat(now)
	case !q.Time.IsZero() && q.Time.Before(m.time): // an older copy from another cache
		return ReasonStale, m
	}
	q.Price = dollars
	return m.jump(q)
}

// repeat notes that the source said the very same again.
func (m memory) repeat(now time.Time) (Reason, memory) {
	m.heard = now
	if m.repeats++; m.repeats >= frozenAfter {
		return ReasonFrozen, m
	}
	return ReasonUnchanged, m
}

// jump holds a quote that is far from the last accepted one until later quotes of the
// same source confirm it. A bad print that a cache hands out again confirms nothing.
func (m memory) jump(q Quote) (Reason, memory) {
	held := m.held
	switch {
	case !m.known() || logMove(m.accepted, q.Price) <= maxJump:
		m.held, m.confirmed = Quote{}, 0
		return "", m
	case held.Price.IsPositive() && !q.Time.IsZero() && q.Time.Equal(held.Time):
		return ReasonHeld, m
	case !held.Price.IsPositive() || logMove(held.Price, q.Price) > maxJump:
		m.confirmed = 0
	default:
		m.confirmed++
	}
	m.held = q
	return ReasonHeld, m
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
