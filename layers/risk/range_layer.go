package risk

import (
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// layerRange follows one layer through time.
type layerRange struct {
	layer   string
	window  Window
	members []*attending // whoever is a member at some time of the range, ordered by slug

	index rolling // on the layer's grid

	// For using again at the next instant.
	risk       LayerRisk
	included   []assay
	attendants []attendant
	who        []int
	step       []float64
}

// attending is a token that is a member of the layer at some time.
type attending struct {
	*track
	included bool // at the newest instant
}

func newLayerRange(c *layers.Catalogue, layer string, w Window, i Instants) *layerRange {
	l := &layerRange{layer: layer, window: w}
	if w.LayerStep > 0 {
		l.index = newRolling(int(w.Span / w.LayerStep))
	}
	for _, t := range everMembers(c, layer, i.End, i.End.Sub(i.Start)+reach(w)) {
		of := newTrack(c, t, w, i.Start, func(at time.Time) bool { return counts(t, layer, at) })
		l.members = append(l.members, &attending{track: of})
	}
	return l
}

func (l *layerRange) tracks() []*track {
	tracks := make([]*track, len(l.members))
	for i, m := range l.members {
		tracks[i] = m.track
	}
	return tracks
}

// point computes the layer at an instant that its members were advanced to.
func (l *layerRange) point(at time.Time) LayerPoint {
	l.risk = LayerRisk{Layer: l.layer, Window: l.window, Members: l.risk.Members[:0]}
	live, changed := l.addMembers(at)
	states := l.risk.Counts()
	reason := rule2(states, live)
	p := LayerPoint{Time: at, Live: live, Included: states[Included]}
	p.MemberMedian, p.MemberMax = memberFigures(l.included, reason)
	if l.window.LayerStep == 0 {
		l.risk.withholdIndex()
	} else {
		l.addIndex(gridAt(at, l.window.Span, l.window.LayerStep), changed, reason)
	}
	p.ValidSteps, p.Coverage = l.risk.ValidSteps, l.risk.Coverage
	p.Volatility, p.Downside = l.risk.Volatility, l.risk.Downside
	return p
}

// addMembers fills in the primary members and the assays of those that are included. It
// returns how many are live, and whether the tokens that count, whatever layer they
// stand in by now, are other ones than before.
func (l *layerRange) addMembers(at time.Time) (live int, changed bool) {
	l.included = l.included[:0]
	for _, m := range l.members {
		a := m.assay(at)
		changed = changed || m.included != (a.state == Included)
		m.included = a.state == Included
		if primary, ok := m.token.Primary(at); !ok || primary.Layer != l.layer {
			continue
		}
		l.risk.Members = append(l.risk.Members, Member{State: a.state, Coverage: a.Coverage})
		if a.state.live() {
			live++
		}
		if m.included {
			l.included = append(l.included, a)
		}
	}
	return live, changed
}

// addIndex brings the index up to a grid and fills in its figures.
func (l *layerRange) addIndex(g grid, changed bool, reason string) {
	l.follow(g, changed)
	l.risk.ValidSteps = l.index.count
	l.risk.Coverage = float64(l.index.count) / float64(g.n)
	if reason == "" {
		reason = rule2Steps(l.index.count, g.n)
	}
	if reason != "" {
		l.risk.Volatility, l.risk.Downside = Figure{Reason: reason}, Figure{Reason: reason}
		return
	}
	n := float64(l.index.count)
	l.risk.Volatility = known(volatility.PerYear(l.index.squares.value()/n, g.step))
	l.risk.Downside = known(volatility.PerYear(l.index.falls.value()/n, g.step))
}

// follow makes the returns of the index in the steps that are new. Who is included now
// is so in all of the window, so when that changes, all steps are made again.
func (l *layerRange) follow(g grid, changed bool) {
	first := l.index.newest + 1
	if oldest := g.last - int64(g.n) + 1; changed || first < oldest {
		first = oldest
	}
	if first > g.last {
		return
	}
	l.attendants = l.attendants[:0]
	for _, m := range l.members {
		l.attendants = append(l.attendants, attendant{attended: m.joint.attended, included: m.included, path: m.joint.path})
	}
	for k := first; k <= g.last; k++ {
		value, valid := l.indexReturn(l.index.slot(k))
		l.index.set(k, value, valid)
	}
}

// indexReturn returns the return of the index in the step of a slot, and whether there
// are enough members for one.
func (l *layerRange) indexReturn(slot int) (value float64, valid bool) {
	if l.who, valid = present(l.attendants, slot, l.who[:0]); !valid {
		return 0, false
	}
	l.step = l.step[:0]
	for _, i := range l.who {
		l.step = append(l.step, l.attendants[i].returns[slot])
	}
	return volatility.IndexReturn(l.step), true
}
