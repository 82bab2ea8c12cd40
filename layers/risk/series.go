package risk

import (
	"slices"
	"strings"
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// series is what all sources say about one token, ordered by source.
type series []*feed

// add takes in a sample of the token, in any order of time.
func (s *series) add(sample layers.Sample) {
	i, found := slices.BinarySearchFunc(*s, sample.Source, func(f *feed, source string) int {
		return strings.Compare(f.source, source)
	})
	if !found {
		*s = slices.Insert(*s, i, newFeed(sample.Source))
	}
	(*s)[i].add(sample)
}

// known returns the feeds that are remembered at an instant.
func (s series) known(at time.Time) series {
	return slices.DeleteFunc(slices.Clone(s), func(f *feed) bool { return !f.known(at) })
}

// changed returns when any source last saw the price move in a stretch of time that
// ends at an instant, or the time of the oldest sample when none did. A source that has
// only just joined has seen nothing yet and so cannot make a dead price look alive.
func (s series) changed(at time.Time, stretch time.Duration) time.Time {
	var lastMove, oldest time.Time
	for _, f := range s {
		since, moved := f.changed(at, stretch)
		switch {
		case moved:
			lastMove = later(lastMove, since)
		case oldest.IsZero() || (!since.IsZero() && since.Before(oldest)):
			oldest = since
		}
	}
	if lastMove.IsZero() {
		return oldest
	}
	return lastMove
}

// path is what a token, or a layer's index, did over the steps of a grid.
type path struct {
	returns []float64 // log returns; 0 where there is none
	valid   []bool    // which steps have a return
}

// tail returns the last n steps.
func (p path) tail(n int) path {
	from := len(p.returns) - n
	return path{returns: p.returns[from:], valid: p.valid[from:]}
}

// extent is how many steps of a path have a return, and which is the first of them.
type extent struct{ valid, first int }

func (p path) extent() (e extent) {
	for k, ok := range slices.Backward(p.valid) {
		if ok {
			e.valid, e.first = e.valid+1, k
		}
	}
	return e
}

// known returns the returns of the valid steps.
func (p path) known() []float64 {
	returns := make([]float64, 0, len(p.returns))
	for k, r := range p.returns {
		if p.valid[k] {
			returns = append(returns, r)
		}
	}
	return returns
}

// path returns the token's returns on a grid. A source gives a return when it has a
// price at both ends of the step, and the token's is the median of its sources':
// prices of two sources never meet in one return, so a source that comes or goes
// moves nothing, and no more do prices on two sides of a cut.
func (s series) path(g grid, cutsOf func(source string) cuts) path {
	prices, cut := make([][]float64, len(s)), make([]cuts, len(s))
	for i, f := range s {
		cut[i] = cutsOf(f.source)
		prices[i] = f.prices(g, cut[i])
	}
	p := path{returns: make([]float64, g.n), valid: make([]bool, g.n)}
	votes := make([]float64, 0, len(s))
	for k := range g.n {
		votes = votes[:0]
		for i, price := range prices {
			if price[k] > 0 && price[k+1] > 0 && !cut[i].within(g.ms(k), g.ms(k+1)) {
				votes = append(votes, volatility.Return(price[k], price[k+1]))
			}
		}
		p.returns[k], p.valid[k] = volatility.Median(votes), len(votes) > 0
	}
	return p
}

// prices returns the feed's price at each time of a grid, 0 where it is missing. What is
// from before a cut is no price after it.
func (f *feed) prices(g grid, c cuts) []float64 {
	prices, ring, limit := make([]float64, g.n+1), f.ring(g.step), Tolerance(g.step).Milliseconds()
	for k := range prices {
		prices[k] = ring.price(g.ms(k), min(limit, c.age(g.ms(k))))
	}
	return prices
}

// coverage returns the share of the grid's intervals in which any source has a
// sample. The step must be that of a ring.
func (s series) coverage(g grid) float64 {
	covered := 0
	for k := range g.n {
		if slices.ContainsFunc(s, func(f *feed) bool { return f.ring(g.step).sampled(g.last - int64(g.n-1-k)) }) {
			covered++
		}
	}
	return float64(covered) / float64(g.n)
}
