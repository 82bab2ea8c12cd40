package risk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// Pair is how the indices of two layers moved together in one window.
type Pair struct {
	A, B        string // layers, A below B in the stack
	Window      Window
	At          time.Time // end of the last grid step, UTC
	Steps       int
	ValidSteps  int    // steps in which both have a return
	Correlation Figure // -1..1
}

// indexKey is a layer in a window.
type indexKey struct{ layer, window string }

// pairs returns the correlations in a window between all layers, of which the numbers
// are known from the bottom of the stack up.
func (v *view) pairs(w Window, stack []LayerRisk) []Pair {
	stack = slices.DeleteFunc(slices.Clone(stack), func(l LayerRisk) bool { return l.Window.Name != w.Name })
	var all []Pair
	for i := range stack {
		for j := i + 1; j < len(stack); j++ {
			all = append(all, v.pair(&stack[i], &stack[j]))
		}
	}
	return all
}

// pair measures over the steps in which both indices have a return, with zero mean.
func (v *view) pair(a, b *LayerRisk) Pair {
	w := a.Window
	ofA, ofB := common(v.indices[indexKey{a.Layer, w.Name}], v.indices[indexKey{b.Layer, w.Name}])
	p := Pair{A: a.Layer, B: b.Layer, Window: w, At: a.At, Steps: a.Steps, ValidSteps: len(ofA)}
	correlation, ok := volatility.MeanCorrelation(volatility.Covariance([][]float64{ofA, ofB}))
	switch want := shareOf(p.Steps, 4); {
	case !a.Volatility.Known:
		p.Correlation.Reason = a.Layer + ": " + a.Volatility.Reason
	case !b.Volatility.Known:
		p.Correlation.Reason = b.Layer + ": " + b.Volatility.Reason
	case p.ValidSteps < want:
		p.Correlation.Reason = fmt.Sprintf("%d of %d steps have both layers, %d needed", p.ValidSteps, p.Steps, want)
	case !ok:
		p.Correlation.Reason = "the index of one of them did not move"
	default:
		p.Correlation = known(correlation)
	}
	return p
}

// ComputePairs answers how the layers moved together in one window at any instant. Of a
// window without a layer grid there is nothing to tell.
func ComputePairs(ctx context.Context, c *layers.Catalogue, h History, w Window, at time.Time) ([]Pair, error) {
	if w.LayerStep == 0 {
		return nil, nil
	}
	v, err := readView(ctx, c, h, at, reach(w), c.Tokens())
	if err != nil {
		return nil, err
	}
	var stack []LayerRisk
	for _, l := range c.Layers() {
		stack = append(stack, v.layer(l.Slug, w))
	}
	return v.pairs(w, stack), nil
}
