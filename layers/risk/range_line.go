package risk

import (
	"slices"
	"time"

	"strata/layers/volatility"
)

// line is the steps of one grid that a window holds, of one token. It moves on step by
// step and forgets what leaves the window.
type line struct {
	rolling
	step  time.Duration
	limit int64 // tolerance of a price, milliseconds
	next  int64 // end of the next step, as a multiple of the step

	prices []float64 // of each feed where the next step begins, 0 for none
	votes  []float64 // for using again

	sampled []bool // intervals in which a feed has a sample; nil when nobody asks
	covered int    // how many those are

	counts   func(time.Time) bool // whether the token counts as a member; nil when nobody asks
	attended []bool               // whether it did when the step began
}

// newLine returns the line of a grid, without returns.
func newLine(g grid, counts func(time.Time) bool) *line {
	l := &line{rolling: newRolling(g.n), step: g.step, limit: Tolerance(g.step).Milliseconds(), counts: counts}
	l.next = g.last - int64(g.n) // the price where the first step of the window begins ends a step as well
	if counts != nil {
		l.attended = make([]bool, g.n)
	}
	return l
}

// settle makes the returns of the steps that have ended at a time, given that the feeds
// hold nothing later.
func (l *line) settle(ms int64, feeds series, of []cuts) {
	step := l.step.Milliseconds()
	for ; l.next*step <= ms; l.next++ {
		end := l.next * step
		l.vote(end-step, end, feeds, of)
		l.set(l.next, volatility.Median(l.votes), len(l.votes) > 0)
		if l.sampled != nil {
			l.cover(l.slot(l.next), feeds)
		}
		if l.counts != nil {
			l.attended[l.slot(l.next)] = l.counts(time.UnixMilli(end - step).UTC())
		}
	}
}

// vote collects the return of each feed over a step.
func (l *line) vote(begin, end int64, feeds series, of []cuts) {
	for len(l.prices) < len(feeds) {
		l.prices = append(l.prices, 0) // a new feed had no price before
	}
	l.votes = l.votes[:0]
	for i, f := range feeds {
		before, price := l.prices[i], f.ring(l.step).price(end, min(l.limit, of[i].age(end)))
		if before > 0 && price > 0 && !of[i].within(begin, end) {
			l.votes = append(l.votes, volatility.Return(before, price))
		}
		l.prices[i] = price
	}
}

// cover notes whether the interval that ends with the next step holds a sample.
func (l *line) cover(slot int, feeds series) {
	if l.sampled[slot] {
		l.covered--
	}
	l.sampled[slot] = slices.ContainsFunc(feeds, func(f *feed) bool { return f.ring(l.step).sampled(l.next) })
	if l.sampled[slot] {
		l.covered++
	}
}
