package metricstest

import (
	"time"

	"strata/layers"
	"strata/layers/risk"
)

// Snapshot returns what is known of the market. In the 24h window everything is known
// of infrastructure, in the 7d window nothing but its coverage and a beta; middleware is
// withheld.
func Snapshot() *risk.Snapshot {
	return &risk.Snapshot{
		At: Now(), Took: 3 * time.Millisecond,
		Layers: []risk.LayerRisk{tooShort(), complete(), week(), lonely()},
		Pairs: []risk.Pair{
			{
				A: "infrastructure", B: "middleware", Window: window("24h"), At: Now().Truncate(time.Minute), Steps: 48, ValidSteps: 12,
				Correlation: risk.Figure{Reason: "middleware: too few steps have enough members"},
			},
			{
				A: "infrastructure", B: "middleware", Window: window("7d"), At: Now().Truncate(time.Minute), Steps: 168, ValidSteps: 160,
				Correlation: is(0.625),
			},
		},
		Tokens: []risk.TokenRisk{
			token("akash-network", "24h", 180, risk.Figure{Reason: "newest sample is 25m0s old, limit 10m0s"}),
			token("bittensor", "24h", 288, is(0.9)),
			token("bittensor", "7d", 168, is(0.85)),
			token("golem", "24h", 280, is(1.14)),
			token("ocean-protocol", "24h", 0, risk.Figure{Reason: "migrated to fetch-ai on 2024-07-01"}),
		},
		Prices: []risk.TokenPrice{akash(), bittensor(), {Token: "ocean-protocol", Reason: "migrated to fetch-ai on 2024-07-01"}},
	}
}

func complete() risk.LayerRisk {
	return risk.LayerRisk{
		Layer: "infrastructure", Window: window("24h"), At: Now().Truncate(time.Minute),
		Steps: 48, ValidSteps: 45, Coverage: 0.9375,
		Volatility: is(0.8123), Downside: is(0.55), MemberMedian: is(1.02), MemberMax: is(1.14),
		Weighted: []risk.Weighted{
			{Weighting: risk.CapWeight, ValidSteps: 44, Volatility: is(0.77)},
			{Weighting: risk.SqrtWeight, Volatility: risk.Figure{Reason: "no market cap of golem is known at the start of 2026-11-22"}},
		},
		Dispersion: is(0.61), Correlation: is(0.44), Implied: is(0.46), Diversification: is(1.31),
		Shrunk: &risk.Shrunk{
			Intensity: 0.125, Correlation: is(0.4), Implied: is(0.41), Diversification: is(1.33),
			Shares: map[string]float64{"bittensor": 0.35, "golem": 0.65},
		},
		ZScore: is(1.7), Percentile: is(0.93), PercentileDays: 90, Regime: risk.Elevated,
		Members: []risk.Member{
			{
				Token: "akash-network", State: risk.Stale, Reason: "newest sample is 25m0s old, limit 10m0s", Coverage: 0.625,
				Volatility: risk.Figure{Reason: "newest sample is 25m0s old, limit 10m0s"},
				RiskShare:  risk.Figure{Reason: "newest sample is 25m0s old, limit 10m0s"},
			},
			{Token: "bittensor", State: risk.Included, Weight: 0.5, Volatility: is(0.9), Coverage: 1, RiskShare: is(0.31)},
			{Token: "golem", State: risk.Included, Weight: 0.5, Volatility: is(1.14), Coverage: 0.96875, RiskShare: is(0.69)},
			{
				Token: "together-ai", State: risk.MemberState(layers.Tokenless), Reason: "a project without a token",
				Volatility: risk.Figure{Reason: "a project without a token"}, RiskShare: risk.Figure{Reason: "a project without a token"},
			},
		},
	}
}

// tooShort is the window without an index, which has numbers of the members only.
func tooShort() risk.LayerRisk {
	l := withheld("infrastructure", "1h", 0, 0)
	l.Coverage, l.MemberMedian, l.MemberMax = 0.875, is(0.7), is(0.8)
	return l
}

// week is a window of which the numbers are withheld. It has a beta to a benchmark that
// is one of the members, and none to the other.
func week() risk.LayerRisk {
	l, no := withheld("infrastructure", "7d", 100, 168), risk.Figure{Reason: "bitcoin: no sample in the last 24h0m0s"}
	l.ZScore, l.Percentile = risk.Figure{Reason: "given for the 24h window"}, risk.Figure{Reason: "given for the 24h window"}
	l.Betas = []risk.Beta{
		{Benchmark: "btc", Token: "bitcoin", Beta: no, RSquared: no, Idiosyncratic: no},
		{Benchmark: "glm", Token: "golem", Beta: is(1.25), RSquared: is(0.64), Idiosyncratic: is(0.48), Member: true},
	}
	return l
}

// lonely is the layer with one live member, which is new.
func lonely() risk.LayerRisk {
	l := withheld("middleware", "24h", 12, 48)
	l.Members = []risk.Member{
		{Token: "fetch-ai", State: risk.Insufficient, Reason: "coverage 0.25 is below 0.80", Coverage: 0.25},
		{Token: "ocean-protocol", State: risk.MemberState(layers.Migrated), Reason: "migrated to fetch-ai on 2024-07-01"},
	}
	return l
}

func withheld(layer, name string, valid, steps int) risk.LayerRisk {
	no := risk.Figure{Reason: "too few steps have enough members"}
	l := risk.LayerRisk{
		Layer: layer, Window: window(name), At: Now().Truncate(time.Minute), Steps: steps, ValidSteps: valid,
		Volatility: no, Downside: no, MemberMedian: no, MemberMax: no, Dispersion: no, Correlation: no, Implied: no, Diversification: no,
		ZScore: no, Percentile: no,
	}
	if steps > 0 {
		l.Coverage = float64(valid) / float64(steps)
	}
	return l
}

func token(slug, name string, valid int, f risk.Figure) risk.TokenRisk {
	w := window(name)
	steps := int(w.Span / w.TokenStep)
	return risk.TokenRisk{
		Token: slug, Window: w, At: Now().Truncate(time.Minute), Steps: steps, ValidSteps: valid,
		Coverage: float64(valid) / float64(steps), Volatility: f,
	}
}

// akash has one source, which has fallen silent.
func akash() risk.TokenPrice {
	last := Now().Add(-25 * time.Minute)
	return risk.TokenPrice{
		Token: "akash-network", Reason: "newest sample is 25m0s old, limit 10m0s", LastSample: last, LastChange: last,
		Sources: []risk.SourcePrice{{Source: "coingecko", Price: dollars(7070, -4), Time: last, LastChange: last}},
	}
}

// bittensor has two sources that agree, thirty seconds apart.
func bittensor() risk.TokenPrice {
	old := Now().Add(-30 * time.Second)
	return risk.TokenPrice{
		Token: "bittensor", Price: dollars(31650, -2), Known: true, Time: old, LastSample: Now(), LastChange: old,
		Sources: []risk.SourcePrice{
			{Source: "coingecko", Price: dollars(31642, -2), Time: old, LastChange: old, Fresh: true},
			{Source: "kraken", Price: dollars(31658, -2), Time: Now(), LastChange: old, Fresh: true},
		},
	}
}

func window(name string) risk.Window {
	for _, w := range risk.Windows {
		if w.Name == name {
			return w
		}
	}
	return risk.Window{Name: name}
}

func is(value float64) risk.Figure { return risk.Figure{Value: value, Known: true} }

func dollars(coefficient int64, exponent int8) layers.Decimal {
	return layers.Decimal{Coefficient: coefficient, Exponent: exponent}
}
