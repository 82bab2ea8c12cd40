package metrics

import (
	"strata/layers"
	"strata/layers/risk"
)

func tokenFamilies() []family {
	byWindow, byToken := []string{"token", "window"}, []string{"token"}
	return []family{
		gauge("token_volatility_ratio", "Volatility of the token's price in US dollars."+annualised+polled+withheld,
			byWindow, eachToken(func(t risk.TokenRisk, out emit) { out.figure(t.Volatility, t.Token, t.Window.Name) })),
		gauge("token_coverage_ratio", "Share of the window's grid intervals that hold a new accepted sample, 0 to 1. Published also when the volatility is not.",
			byWindow, eachToken(func(t risk.TokenRisk, out emit) { out(t.Coverage, t.Token, t.Window.Name) })),
		gauge("token_price_usd", "Price of the token in US dollars: the median of its sources' fresh samples."+polled+" Absent without a fresh sample.",
			byToken, eachPrice(func(p risk.TokenPrice, out emit) {
				if p.Known {
					out(p.Price.Float64(), p.Token)
				}
			})),
		gauge("token_price_sources", "Sources whose sample is fresh enough to go into the token's price.",
			byToken, eachPrice(func(p risk.TokenPrice, out emit) { out(float64(freshSources(p)), p.Token) })),
		gauge("token_last_sample_timestamp_seconds", "Unix time of the token's newest accepted sample of any source.",
			byToken, eachPrice(func(p risk.TokenPrice, out emit) { out.instant(p.LastSample, p.Token) })),
		gauge("token_last_change_timestamp_seconds", "Unix time when the token's price last moved at any source; a price that stands still for an hour counts as frozen.",
			byToken, eachPrice(func(p risk.TokenPrice, out emit) { out.instant(p.LastChange, p.Token) })),
	}
}

func eachToken(export func(risk.TokenRisk, emit)) func(facts, emit) {
	return func(f facts, out emit) {
		for _, t := range f.snapshot.Tokens {
			if f.live(t.Token) {
				export(t, out)
			}
		}
	}
}

func eachPrice(export func(risk.TokenPrice, emit)) func(facts, emit) {
	return func(f facts, out emit) {
		for _, p := range f.snapshot.Prices {
			if f.live(p.Token) {
				export(p, out)
			}
		}
	}
}

// live says whether a token's price is expected at all: the age and coverage of a
// token that was migrated or delisted would only look like an outage.
func (f facts) live(token string) bool {
	t, ok := f.catalogue.Token(token)
	return ok && t.State(f.snapshot.At) == layers.Live
}

func freshSources(p risk.TokenPrice) int {
	n := 0
	for _, s := range p.Sources {
		if s.Fresh {
			n++
		}
	}
	return n
}
