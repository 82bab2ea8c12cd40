package risk

import (
	"fmt"
	"strings"

	"strata/layers"
	"strata/layers/volatility"
)

// Beta is how a layer's index moved along with a benchmark.
type Beta struct {
	Benchmark     string // ticker in lower case: "btc"
	Token         string // its slug: "bitcoin"
	Beta          Figure // what the index moves when the benchmark moves by 1
	RSquared      Figure // share of the index's variance that goes along with the benchmark, 0..1
	Idiosyncratic Figure // volatility that is left without the benchmark, annualised ratio
	Member        bool   // the benchmark is part of the index, so it is compared with itself too
}

// hasBetas says whether betas are told: on the 1 h grid only, because a finer one is too
// fine for quotes that are not simultaneous.
func (w Window) hasBetas() bool { return w.LayerStep >= coarseStep }

// addBetas fills in the betas.
func (v *view) addBetas(risk *LayerRisk, index path, g grid) {
	if !risk.Window.hasBetas() {
		return
	}
	for _, t := range benchmarks(v.catalogue) {
		beta := Beta{Benchmark: v.ticker(t), Token: t.Slug, Member: attendance(t, risk.Layer, g) != nil}
		v.measureBeta(&beta, risk, t, index, g)
		risk.Betas = append(risk.Betas, beta)
	}
}

// measureBeta fills in the figures over the steps in which both have a return.
func (v *view) measureBeta(b *Beta, risk *LayerRisk, t *layers.Token, index path, g grid) {
	a := v.assay(t, risk.Window)
	returns, benchmark := common(index, v.path(t.Slug, risk.Window, g.step))
	beta, ok := volatility.Beta(returns, benchmark)
	reason := ""
	switch want := shareOf(g.n, 4); {
	case !risk.Volatility.Known:
		reason = risk.Volatility.Reason
	case a.state != Included:
		reason = t.Slug + ": " + a.reason
	case len(returns) < want:
		reason = fmt.Sprintf("%d of %d steps have both the layer and %s, %d needed", len(returns), g.n, t.Slug, want)
	case !ok:
		reason = "the price of " + t.Slug + " did not move on the layer's grid"
	}
	if reason != "" {
		withheld := Figure{Reason: reason}
		b.Beta, b.RSquared, b.Idiosyncratic = withheld, withheld, withheld
		return
	}
	b.Beta, b.RSquared = known(beta), Figure{Reason: "the layer's index did not move"}
	b.Idiosyncratic = known(volatility.Idiosyncratic(returns, benchmark, beta, g.step))
	if share, ok := volatility.RSquared(returns, benchmark); ok {
		b.RSquared = known(share)
	}
}

// common returns the returns of two paths in the steps in which both have one.
func common(a, b path) (ofA, ofB []float64) {
	for k := range a.returns {
		if a.valid[k] && b.valid[k] {
			ofA, ofB = append(ofA, a.returns[k]), append(ofB, b.returns[k])
		}
	}
	return ofA, ofB
}

// benchmarks returns the tokens that others are compared with, ordered by slug. A
// pegged one only says what quotes in it are worth.
func benchmarks(c *layers.Catalogue) []*layers.Token {
	var tokens []*layers.Token
	for _, t := range c.Tokens() {
		if t.Benchmark && !t.Pegged && !t.Tokenless {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// ticker names a benchmark: by its symbol, or by its slug when it has none or shares
// it with another benchmark.
func (v *view) ticker(t *layers.Token) string {
	symbol := t.Symbol(v.at)
	for _, other := range benchmarks(v.catalogue) {
		if symbol == "" || other != t && strings.EqualFold(other.Symbol(v.at), symbol) {
			return t.Slug
		}
	}
	return strings.ToLower(symbol)
}
