package risk

import (
	"math"
	"slices"
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// carried is for how long a member without a price is held at its last one.
const carried = 3 * coarseStep

// basket is what an index holds: its level is the value of all over the divisor.
type basket struct {
	catalogue *layers.Catalogue
	layer     string
	book      map[string]*series // by token
	held      []*holding
	divisor   float64
	level     float64
}

// holding is a member of a basket.
type holding struct {
	token  *layers.Token
	prices map[string]float64 // by source, when it last had any
	priced time.Time
	value  float64
}

// rebalance puts a unit of money in each member that is included at a midnight. With too
// few of them what is held is kept.
func (b *basket) rebalance(midnight time.Time) {
	v := dayView(b.catalogue, b.book, midnight)
	risk := LayerRisk{Layer: b.layer, Window: oneDay}
	included, live := v.addMembers(&risk)
	if rule2(risk.Counts(), live) != "" {
		return
	}
	b.held = b.held[:0]
	for _, a := range included {
		t, _ := b.catalogue.Token(a.Token)
		of := &holding{token: t, priced: midnight, value: 1}
		of.prices = b.prices(of, midnight)
		b.held = append(b.held, of)
	}
	b.divisor = b.value() / b.level
}

// prices returns what the sources say of a member at a full hour, without those that were
// cut off since it was last priced.
func (b *basket) prices(of *holding, at time.Time) map[string]float64 {
	prices := map[string]float64{}
	s := b.book[of.token.Slug]
	if s == nil {
		return prices
	}
	for _, f := range *s {
		cut := cutsOf(b.catalogue, of.token, f.source)
		limit := min(Tolerance(coarseStep).Milliseconds(), cut.age(at.UnixMilli()))
		if price := f.coarse.price(at.UnixMilli(), limit); price > 0 && !cut.within(of.priced.UnixMilli(), at.UnixMilli()) {
			prices[f.source] = price
		}
	}
	return prices
}

// step goes on to the next full hour. It is false, and nothing changes, when no member has
// a price then.
func (b *basket) step(at time.Time) bool {
	moved := map[*holding]float64{}
	for _, of := range b.held {
		if r, ok := of.move(b.prices(of, at)); ok {
			moved[of] = r
		}
	}
	if len(moved) == 0 {
		return false
	}
	before := b.value()
	b.held = slices.DeleteFunc(b.held, func(of *holding) bool {
		_, ok := moved[of]
		return !ok && at.Sub(of.priced) > carried || !counts(of.token, b.layer, at.Add(-coarseStep))
	})
	b.divisor *= b.value() / before
	for _, of := range b.held {
		if r, ok := moved[of]; ok {
			of.value, of.priced, of.prices = of.value*math.Exp(r), at, b.prices(of, at)
		}
	}
	if len(b.held) == 0 {
		return false
	}
	b.level = b.value() / b.divisor
	return true
}

// move is the log return of a member since it was last priced: the median of the sources
// that have a price then and now.
func (of *holding) move(now map[string]float64) (r float64, ok bool) {
	var votes []float64
	for source, to := range now {
		if from := of.prices[source]; from > 0 {
			votes = append(votes, volatility.Return(from, to))
		}
	}
	return volatility.Median(votes), len(votes) > 0
}

func (b *basket) value() float64 {
	var sum float64
	for _, of := range b.held {
		sum += of.value
	}
	return sum
}
