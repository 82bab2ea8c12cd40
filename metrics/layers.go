package metrics

import "strata/layers/risk"

// What the help of every number made from prices says about its age and absence.
const (
	polled = " Prices are polled on a schedule, never on scrape, because their sources limit requests: " +
		"strata_token_last_sample_timestamp_seconds tells their age."
	withheld   = " Absent while too little is known to publish it."
	annualised = " Annualised over 365 days, 0.8 is 80 % a year: zero-mean log returns on a fixed UTC grid (strata_window_info)."
)

func layerFamilies() []family {
	byWindow := []string{"layer", "window"}
	return []family{
		layerFigure("layer_volatility_ratio", "Volatility of the equal-weight index of the layer's members."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.Volatility }),
		layerFigure("layer_downside_volatility_ratio", "Downside volatility of the layer's index: falling steps only, divided by all steps."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.Downside }),
		layerFigure("layer_member_volatility_median_ratio", "Median volatility of the layer's included members."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.MemberMedian }),
		layerFigure("layer_member_volatility_max_ratio", "Highest volatility of the layer's included members."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.MemberMax }),
		layerFigure("layer_dispersion_ratio", "Spread of the members' returns around the index."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.Dispersion }),
		layerFigure("layer_correlation_average", "Mean pairwise correlation of the layer's included members, -1 to 1, over the window.",
			func(l *risk.LayerRisk) risk.Figure { return l.Correlation }),
		layerFigure("layer_diversification_ratio", "Weighted mean volatility of the members over the volatility of their portfolio, at least 1.",
			func(l *risk.LayerRisk) risk.Figure { return l.Diversification }),
		gauge("layer_coverage_ratio", "Share of the window's grid steps in which enough members have a return, 0 to 1; "+
			"of a window without a layer grid the mean coverage of the members. Published also when the numbers are not.",
			byWindow, func(f facts, out emit) {
				for _, l := range f.snapshot.Layers {
					out(l.Coverage, l.Layer, l.Window.Name)
				}
			}),
		gauge("layer_members", "Live primary members of the layer by their state in the 24h window; the sum is the number of live primary members.",
			[]string{"layer", "state"}, collectMembers),
	}
}

func layerFigure(name, help string, pick func(*risk.LayerRisk) risk.Figure) family {
	return gauge(name, help+polled+withheld, []string{"layer", "window"}, func(f facts, out emit) {
		for i := range f.snapshot.Layers {
			l := &f.snapshot.Layers[i]
			out.figure(pick(l), l.Layer, l.Window.Name)
		}
	})
}

// headlineWindow is the window whose member states are counted: a state differs
// between windows, and one sum over all of them would count a member four times.
const headlineWindow = "24h"

func collectMembers(f facts, out emit) {
	for i := range f.snapshot.Layers {
		l := &f.snapshot.Layers[i]
		if l.Window.Name != headlineWindow {
			continue
		}
		counts := l.Counts()
		for _, state := range []risk.MemberState{risk.Included, risk.Stale, risk.Frozen, risk.Insufficient} {
			out(float64(counts[state]), l.Layer, string(state))
		}
	}
}
