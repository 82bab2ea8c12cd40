package risk

import "strata/layers/volatility"

// addIndex fills in the figures of the equal-weight index.
func (l *LayerRisk) addIndex(index path, g grid, reason string) {
	returns := index.known()
	l.ValidSteps = len(returns)
	l.Coverage = float64(len(returns)) / float64(g.n)
	if reason == "" {
		reason = rule2Steps(len(returns), g.n)
	}
	if reason != "" {
		l.Volatility, l.Downside = Figure{Reason: reason}, Figure{Reason: reason}
		return
	}
	l.Volatility = known(volatility.CloseZero(returns, g.step))
	l.Downside = known(volatility.Downside(returns, g.step))
}

// index returns the index's returns. A token takes part in the
// steps that began while it was a member, also when it has left the layer since;
// because only prices at both ends of a step count, none makes the index jump by
// coming or going. A step needs half of those that were members then.
func (v *view) index(layer string, w Window, g grid) path {
	members := v.attendants(layer, w, g)
	index := path{returns: make([]float64, g.n), valid: make([]bool, g.n)}
	step := make([]float64, 0, len(members))
	for k := range g.n {
		step = step[:0]
		attending := 0
		for _, m := range members {
			if !m.attended[k] {
				continue
			}
			attending++
			if m.included && m.valid[k] {
				step = append(step, m.returns[k])
			}
		}
		if len(step) >= needed(attending) {
			index.returns[k], index.valid[k] = volatility.IndexReturn(step), true
		}
	}
	return index
}

// attendant is a token that was a member of a layer in some steps of a grid.
type attendant struct {
	attended []bool
	included bool
	path
}

func (v *view) attendants(layer string, w Window, g grid) []attendant {
	var members []attendant
	for _, t := range v.catalogue.Tokens() {
		attended := attendance(t, layer, g)
		if attended == nil {
			continue
		}
		members = append(members, attendant{
			attended: attended, included: v.assay(t, w).state == Included, path: v.path(t.Slug, w, g.step),
		})
	}
	return members
}
