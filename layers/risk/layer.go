package risk

import (
	"slices"

	"strata/layers"
	"strata/layers/volatility"
)

// layer computes everything about one layer in one window.
func (v *view) layer(slug string, w Window) LayerRisk {
	risk := LayerRisk{Layer: slug, Window: w, At: gridAt(v.at, w.Span, w.TokenStep).end()}
	included, live := v.addMembers(&risk)
	reason := rule2(risk.Counts(), live)
	risk.MemberMedian, risk.MemberMax = memberFigures(included, reason)
	v.addAbnormality(&risk)
	if w.LayerStep == 0 {
		risk.withholdIndex()
		return risk
	}
	g := gridAt(v.at, w.Span, w.LayerStep)
	risk.At, risk.Steps = g.end(), g.n
	members := v.attendants(slug, w, g)
	index := equalIndex(members, g)
	v.indices[indexKey{slug, w.Name}] = index
	risk.addIndex(index, g, reason)
	v.addWeighted(&risk, members, g, live, reason)
	v.addCovariance(&risk, g, included, reason)
	v.addBetas(&risk, index, g)
	return risk
}

// addMembers fills in the primary members, and returns the assays of those that are
// included and how many are live.
func (v *view) addMembers(risk *LayerRisk) (included []assay, live int) {
	for _, t := range v.catalogue.PrimaryMembers(risk.Layer, v.at) {
		a := v.assay(t, risk.Window)
		risk.Members = append(risk.Members, Member{
			Token: t.Slug, State: a.state, Reason: a.reason, Volatility: a.Volatility, Coverage: a.Coverage,
			RiskShare: Figure{Reason: a.reason},
		})
		if t.State(v.at) == layers.Live {
			live++
		}
		if a.state == Included {
			included = append(included, a)
		}
	}
	for i := range risk.Members {
		if risk.Members[i].State == Included {
			risk.Members[i].Weight = 1 / float64(len(included))
		}
	}
	return included, live
}

// memberFigures returns the median and the highest volatility of the included
// members.
func memberFigures(included []assay, reason string) (median, highest Figure) {
	if reason != "" {
		return Figure{Reason: reason}, Figure{Reason: reason}
	}
	sigmas := make([]float64, len(included))
	for i, a := range included {
		sigmas[i] = a.Volatility.Value
	}
	return known(volatility.Median(sigmas)), known(slices.Max(sigmas))
}

// withholdIndex explains the figures of a window too short for several tokens at
// once; its coverage is the mean of the live members'.
func (l *LayerRisk) withholdIndex() {
	withheld := Figure{Reason: "the " + l.Window.Name + " window is too short for a layer index"}
	l.Volatility, l.Downside = withheld, withheld
	l.withholdCovariance(withheld.Reason)
	var sum float64
	var live int
	for _, m := range l.Members {
		if m.State.live() {
			sum, live = sum+m.Coverage, live+1
		}
	}
	if live > 0 {
		l.Coverage = sum / float64(live)
	}
}

// live says whether a state is that of a live member.
func (s MemberState) live() bool {
	return s == Included || s == Stale || s == Frozen || s == Insufficient
}
