package market

import (
	"iter"

	"strata/layers"
)

// History is what a collector would have brought in: cycle by cycle, one price of
// every token.
type History struct {
	Tokens []string
	Source string // of all prices
	Cycles int

	// Walk yields the cycles in the order of time. The samples of a cycle carry one time,
	// stand in the order of Tokens, and are valid until the next cycle is asked for.
	Walk func() iter.Seq[[]layers.Sample]
}

// Head returns the first cycles of h.
func (h History) Head(cycles int) History {
	whole := h.Walk
	h.Cycles = min(h.Cycles, cycles)
	h.Walk = func() iter.Seq[[]layers.Sample] {
		return func(yield func([]layers.Sample) bool) {
			n := 0
			for cycle := range whole() {
				if n == h.Cycles || !yield(cycle) {
					return
				}
				n++
			}
		}
	}
	return h
}

// samples makes room for a cycle of the tokens.
func (h History) samples() []layers.Sample {
	cycle := make([]layers.Sample, len(h.Tokens))
	for i, token := range h.Tokens {
		cycle[i] = layers.Sample{Token: token, Source: h.Source}
	}
	return cycle
}
