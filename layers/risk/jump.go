package risk

import (
	"math"
	"time"

	"strata/layers/volatility"
)

// A move is a jump when it exceeds what the largest of three days' five-minute returns
// would by chance, once in a hundred times: 5.66 times their local size.
const (
	jumpSteps  = 3 * 24 * 12
	jumpChance = 0.01
)

// awake is how long before a step's end the snapshot before may be, so that the step was
// watched as it happened: what is backfilled afterwards is not counted.
const awake = 10 * time.Minute

// Jumps is how often a member of a layer jumped, since the engine began to watch.
type Jumps struct{ Down, Up uint64 }

// Jumps returns the jumps of each layer's members on the 5 m grid, as [Engine.Snapshot]
// came upon them: live, never in the past that a backfill brings. By the slug of the
// layer; every layer is there.
func (e *Engine) Jumps() map[string]Jumps {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make(map[string]Jumps, len(e.catalogue.Layers()))
	for _, l := range e.catalogue.Layers() {
		all[l.Slug] = e.jumps[l.Slug]
	}
	return all
}

// countJumps counts the jumps in the steps that ended since the snapshot before.
func (v *view) countJumps(jumps map[string]Jumps) {
	if v.previous == nil {
		return
	}
	g := gridAt(v.at, oneDay.Span, fineStep)
	for k := g.n - 1; k >= 0 && g.time(k+1).After(v.previous.At); k-- {
		if g.time(k+1).Sub(v.previous.At) <= awake {
			v.countJumpsOf(g, k, jumps)
		}
	}
}

// countJumpsOf counts the jumps in one step, of the members that are included in the 24h
// window.
func (v *view) countJumpsOf(g grid, k int, jumps map[string]Jumps) {
	w, _ := WindowNamed(oneDay.Name)
	for _, t := range v.catalogue.Tokens() {
		place, ok := t.Primary(g.time(k))
		if !ok || !counts(t, place.Layer, g.time(k)) || v.assay(t, w).state != Included {
			continue
		}
		n := jumps[place.Layer]
		switch jump := v.path(t.Slug, w, fineStep).jump(k); {
		case jump < 0:
			n.Down++
		case jump > 0:
			n.Up++
		}
		jumps[place.Layer] = n
	}
}

// jump returns the sign of the jump in a step, 0 for none: the step's return is held
// against all those before it in the path (Lee and Mykland 2008).
func (p path) jump(k int) int {
	if !p.valid[k] {
		return 0
	}
	returns := path{returns: p.returns[:k+1], valid: p.valid[:k+1]}.known()
	statistics, ok := volatility.LeeMykland(returns, len(returns))
	threshold, _ := volatility.GumbelThreshold(jumpSteps, jumpChance)
	if !ok || math.Abs(statistics[0]) <= threshold {
		return 0
	}
	return int(math.Copysign(1, statistics[0]))
}
