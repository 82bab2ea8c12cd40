package risk

import (
	"fmt"
	"math"
	"slices"
	"time"

	"strata/layers/volatility"
)

// Weighting says what the members of an index weigh.
type Weighting string

// The weightings. The headline is that of equal weights.
const (
	EqualWeight Weighting = "equal"
	CapWeight   Weighting = "cap"  // by market cap
	SqrtWeight  Weighting = "sqrt" // by the square root of market cap
)

// maxWeight is the limit on the weight of a single member in an index by market cap.
const maxWeight = 0.3

// leastCap is the share of the layer's market cap that the included members must have.
const leastCap = 0.8

// Weighted is what is known of a layer's index with other weights than equal ones.
type Weighted struct {
	Weighting  Weighting
	ValidSteps int
	Volatility Figure // annualised ratio
}

// size is what a member's weight is in proportion to.
func (w Weighting) size(marketCap float64) float64 {
	if w == SqrtWeight {
		return math.Sqrt(marketCap)
	}
	return marketCap
}

// weightings are those by market cap.
func weightings() []Weighting { return []Weighting{CapWeight, SqrtWeight} }

// addWeighted fills in the figures of the index by market cap. A layer too small for the
// limit on weights has equal ones, and the figures of these.
func (v *view) addWeighted(risk *LayerRisk, members []attendant, g grid, live int, reason string) {
	if !volatility.Weighable(live, maxWeight) {
		for _, weighting := range weightings() {
			risk.Weighted = append(risk.Weighted, Weighted{weighting, risk.ValidSteps, risk.Volatility})
		}
		return
	}
	if reason == "" {
		reason = v.rule2Caps(risk.Members, g)
	}
	if reason != "" {
		for _, weighting := range weightings() {
			risk.Weighted = append(risk.Weighted, Weighted{weighting, 0, Figure{Reason: reason}})
		}
		return
	}
	for i, index := range v.weightedIndices(members, g) {
		returns := index.known()
		of := Weighted{Weighting: weightings()[i], ValidSteps: len(returns)}
		if want := shareOf(g.n, 4); len(returns) < want {
			of.Volatility.Reason = fmt.Sprintf("%d of %d steps have enough members with a market cap, %d needed", len(returns), g.n, want)
		} else {
			of.Volatility = known(volatility.CloseZero(returns, g.step))
		}
		risk.Weighted = append(risk.Weighted, of)
	}
}

// weightedIndices returns the returns of the indices by market cap, by weighting. Weights
// are those of the start of the day in which a step begins, over the members that have a
// return in it; a step in which one of these has no market cap has no return.
func (v *view) weightedIndices(members []attendant, g grid) []path {
	indices := make([]path, len(weightings()))
	for i := range indices {
		indices[i] = path{returns: make([]float64, g.n), valid: make([]bool, g.n)}
	}
	var made composition
	who, returns := make([]int, 0, len(members)), make([]float64, 0, len(members))
	for k := range g.n {
		var enough bool
		if who, enough = present(members, k, who[:0]); !enough {
			continue
		}
		if !made.fits(g.ms(k), who) {
			made = v.compose(members, g.ms(k), slices.Clone(who))
		}
		returns = returns[:0]
		for _, i := range who {
			returns = append(returns, members[i].returns[k])
		}
		for i, r := range volatility.BasketReturns(returns, made.weights) {
			indices[i].returns[k], indices[i].valid[k] = r, true
		}
	}
	return indices
}

// composition is what the members in some steps of a day weigh.
type composition struct {
	day     int64
	who     []int
	weights [][]float64 // by weighting; nil when a member has no market cap
}

// fits says whether a step that begins at a time has these members and weights.
func (c *composition) fits(ms int64, who []int) bool {
	return c.who != nil && c.day == ms/capStep.Milliseconds() && slices.Equal(c.who, who)
}

// compose weighs the members of a step that begins at a time.
func (v *view) compose(members []attendant, ms int64, who []int) composition {
	made, marketCaps := composition{day: ms / capStep.Milliseconds(), who: who}, make([]float64, len(who))
	for i, of := range who {
		marketCaps[i] = v.caps.before(members[of].token, ms)
		if marketCaps[i] == 0 && volatility.Weighable(len(who), maxWeight) {
			return made
		}
	}
	for _, weighting := range weightings() {
		sizes := make([]float64, len(who))
		for i, marketCap := range marketCaps {
			sizes[i] = weighting.size(marketCap)
		}
		made.weights = append(made.weights, volatility.LimitedWeights(sizes, maxWeight))
	}
	return made
}

// rule2Caps says why the market caps of a layer's live members do not tell what an index
// by them would be, or "": all must be known, and the included ones have four fifths.
func (v *view) rule2Caps(members []Member, g grid) string {
	var included, all float64
	for _, m := range members {
		if !m.State.live() {
			continue
		}
		marketCap := v.caps.before(m.Token, g.ms(g.n-1))
		if marketCap == 0 {
			return fmt.Sprintf("no market cap of %s is known at the start of %s", m.Token, g.time(g.n-1).Format(time.DateOnly))
		}
		all += marketCap
		if m.State == Included {
			included += marketCap
		}
	}
	if share := included / all; share < leastCap {
		return fmt.Sprintf("included members have %s of the layer's market cap, %.2f needed", floor2(share), leastCap)
	}
	return ""
}
