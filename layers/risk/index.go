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

// equalIndex returns the returns of the equal-weight index. A token takes part in the
// steps that began while it was a member, also when it has left the layer since;
// because only prices at both ends of a step count, none makes the index jump by
// coming or going. A step needs half of those that were members then.
func equalIndex(members []attendant, g grid) path {
	index := path{returns: make([]float64, g.n), valid: make([]bool, g.n)}
	who, step := make([]int, 0, len(members)), make([]float64, 0, len(members))
	for k := range g.n {
		var enough bool
		if who, enough = present(members, k, who[:0]); !enough {
			continue
		}
		step = step[:0]
		for _, i := range who {
			step = append(step, members[i].returns[k])
		}
		index.returns[k], index.valid[k] = volatility.IndexReturn(step), true
	}
	return index
}

// attendant is a token that was a member of a layer in some steps of a grid.
type attendant struct {
	token    string
	attended []bool
	included bool
	path
}

// present appends the members that have a return in a step, and says whether these are
// enough of those that were members then.
func present(members []attendant, k int, who []int) (now []int, enough bool) {
	attending := 0
	for i := range members {
		m := &members[i]
		if !m.attended[k] {
			continue
		}
		attending++
		if m.included && m.valid[k] {
			who = append(who, i)
		}
	}
	return who, len(who) >= needed(attending)
}

func (v *view) attendants(layer string, w Window, g grid) []attendant {
	var members []attendant
	for _, t := range v.catalogue.Tokens() {
		attended := attendance(t, layer, g)
		if attended == nil {
			continue
		}
		members = append(members, attendant{
			token: t.Slug, attended: attended, included: v.assay(t, w).state == Included, path: v.path(t.Slug, w, g.step),
		})
	}
	return members
}
