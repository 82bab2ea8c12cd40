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
		weightedFigure("layer_cap_weighted_volatility_ratio", "Volatility of the layer's index by market cap at the start of each UTC day, none above 30 %."+annualised, risk.CapWeight),
		weightedFigure("layer_sqrt_cap_weighted_volatility_ratio",
			"Volatility of the layer's index by the square root of market cap at the start of each UTC day, none above 30 %."+annualised, risk.SqrtWeight),
		layerFigure("layer_member_volatility_median_ratio", "Median volatility of the layer's included members."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.MemberMedian }),
		layerFigure("layer_member_volatility_max_ratio", "Highest volatility of the layer's included members."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.MemberMax }),
		layerFigure("layer_dispersion_ratio", "Spread of the members' returns around the index."+annualised,
			func(l *risk.LayerRisk) risk.Figure { return l.Dispersion }),
		layerFigure("layer_correlation_average", "Mean pairwise correlation of the layer's included members, -1 to 1, over the window.",
			func(l *risk.LayerRisk) risk.Figure { return l.Correlation }),
		layerFigure("layer_correlation_implied", "The one correlation of all pairs of members with which their volatilities make that of their portfolio, -1 to 1, over the window.",
			func(l *risk.LayerRisk) risk.Figure { return l.Implied }),
		layerFigure("layer_diversification_ratio", "Weighted mean volatility of the members over the volatility of their portfolio, at least 1.",
			func(l *risk.LayerRisk) risk.Figure { return l.Diversification }),
		headlineFigure("layer_volatility_zscore", "How many standard deviations the logarithm of the layer's 24h volatility on the 1h grid lies above its mean of the previous 90 days.",
			func(l *risk.LayerRisk) risk.Figure { return l.ZScore }),
		headlineFigure("layer_volatility_percentile_ratio", "Share of the previous 365 days, or of 90 while less than half of them is known, "+
			"on which the layer's 24h volatility on the 1h grid was lower, 0 to 1.",
			func(l *risk.LayerRisk) risk.Figure { return l.Percentile }),
		gauge("layer_regime", "The layer's volatility against its own past: 1 for the regime that holds, 0 for the others; "+
			"by percentile calm below 0.2, normal, elevated from 0.8, extreme from 0.95, each left downwards 0.05 below its bound."+polled+withheld,
			[]string{"layer", "regime"}, collectRegimes),
		gauge("layer_beta", "What the layer's index moves when the benchmark moves by 1, over the window."+polled+withheld,
			[]string{"layer", "benchmark", "window"}, collectBetas),
		counter("layer_jumps_total", "Jumps of the layer's included members in a step of 5 minutes (Lee and Mykland 2008), as they were watched; "+
			"what is backfilled is not counted.",
			[]string{"layer", "direction"}, func(f facts, out emit) {
				for layer, n := range f.jumps {
					out(float64(n.Down), layer, "down")
					out(float64(n.Up), layer, "up")
				}
			}),
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

func weightedFigure(name, help string, weighting risk.Weighting) family {
	return layerFigure(name, help, func(l *risk.LayerRisk) risk.Figure {
		for _, of := range l.Weighted {
			if of.Weighting == weighting {
				return of.Volatility
			}
		}
		return risk.Figure{}
	})
}

// headlineWindow is the window whose member states are counted, because one sum over all
// windows would count a member four times, and the one whose abnormality is told.
const headlineWindow = "24h"

func headlineFigure(name, help string, pick func(*risk.LayerRisk) risk.Figure) family {
	return gauge(name, help+polled+withheld, []string{"layer"}, func(f facts, out emit) {
		for i := range f.snapshot.Layers {
			if l := &f.snapshot.Layers[i]; l.Window.Name == headlineWindow {
				out.figure(pick(l), l.Layer)
			}
		}
	})
}

func collectRegimes(f facts, out emit) {
	for _, l := range f.snapshot.Layers {
		if l.Window.Name != headlineWindow || l.Regime == "" {
			continue
		}
		for _, regime := range risk.Regimes {
			holds := 0.0
			if regime == l.Regime {
				holds = 1
			}
			out(holds, l.Layer, string(regime))
		}
	}
}

func collectBetas(f facts, out emit) {
	for _, l := range f.snapshot.Layers {
		for _, b := range l.Betas {
			out.figure(b.Beta, l.Layer, b.Benchmark, l.Window.Name)
		}
	}
}

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
