package collector

import (
	"math"
	"slices"
	"time"

	"strata/layers"
)

// Limits of the band across sources.
const (
	minBand     = 0.005      // 50 bp: what honest sources may differ by
	bandOfMAD   = 5 * 1.4826 // median absolute deviations; 1.4826 of them are one normal sigma
	otherCoin   = 0.05       // a difference beyond which it is hardly the same coin
	bandMembers = 3          // sources it takes to outvote one
	manySources = 16         // more than there are
)

// voter is a quote that passed all gates of its own, with what was last accepted of
// the same source.
type voter struct {
	price  float64
	last   float64 // 0 when nothing was accepted before
	recent bool    // last was accepted a short while ago
	repeat bool    // the price of before, without a time that would make it a new statement
}

func newVoter(q Quote, dollars layers.Decimal, m memory, now time.Time, maxAge time.Duration) voter {
	v := voter{price: dollars.Float64(), last: m.accepted.Float64()}
	v.recent = m.known() && now.Sub(m.kept) <= maxAge
	v.repeat = q.Price.Cmp(m.said) == 0 && (q.Time.IsZero() || q.Time.Equal(m.time))
	return v
}

// deviation is the relative distance from the middle of all.
func (v voter) deviation(middle float64) float64 { return math.Abs(v.price/middle - 1) }

// move is the relative move since the last accepted price.
func (v voter) move() float64 { return math.Abs(v.price/v.last - 1) }

// verdict says which of several voters to keep, by index, and whether it is
// disputed what the price is.
type verdict struct {
	keep     []bool
	disputed bool
	reason   Reason // of those not kept
}

// combine holds the quotes of several sources for one token against one another.
func combine(voters []voter) verdict {
	switch n := len(voters); {
	case n >= bandMembers:
		return inBand(voters)
	case n == 2 && differ(voters[0], voters[1]) > minBand:
		a, b := settle(voters[0], voters[1])
		return verdict{keep: []bool{a, b}, disputed: true, reason: ReasonDisputed}
	default:
		return verdict{keep: slices.Repeat([]bool{true}, n)}
	}
}

// inBand keeps the prices that lie no farther from the median than five robust
// standard deviations, or 50 bp. A band of plain standard deviations could never
// reject one of three: an outlier among n reaches at most sqrt(n-1) of them.
func inBand(voters []voter) verdict {
	var few [manySources]float64 // which spares the heap
	values := few[:0]
	for _, v := range voters {
		values = append(values, v.price)
	}
	middle := median(values)
	values = values[:0]
	for _, v := range voters {
		values = append(values, v.deviation(middle))
	}
	limit := max(bandOfMAD*median(values), minBand)
	result := verdict{keep: make([]bool, len(voters)), reason: ReasonOutlier}
	for i, v := range voters {
		result.keep[i] = v.deviation(middle) <= limit
	}
	return result
}

// settle decides between two sources that differ by more than the band. Nobody can
// tell who is wrong from the two prices, so each is asked for its own past.
func settle(a, b voter) (keepA, keepB bool) {
	steadyA, steadyB := steady(a), steady(b)
	// A price that merely stands still, without a time, may be a market where
	// nobody trades: it speaks for itself only when the alternative is absurd.
	proofA, proofB := steadyA && !a.repeat, steadyB && !b.repeat
	far := differ(a, b) >= otherCoin
	switch {
	// Only moves over much the same time compare. So a source that lost a dispute
	// is back after a while, unless it is far off.
	case a.recent && b.recent && proofA != proofB:
		return proofA, proofB
	case far && steadyA != steadyB:
		return steadyA, steadyB
	case far && (a.last == 0 || b.last == 0):
		return a.last != 0, b.last != 0
	}
	return true, true
}

func steady(v voter) bool { return v.last != 0 && v.move() < minBand }

// vouched says whether a quote that stands alone may be believed beside what
// another source said lately and a cache still repeats. It is too old to vote, and
// young enough to contradict the absurd.
func vouched(alone, witness voter) bool {
	return steady(alone) || differ(alone, witness) < otherCoin
}

// differ is the relative distance of two prices, from the lower one.
func differ(a, b voter) float64 {
	return max(a.price, b.price)/min(a.price, b.price) - 1
}

// median of values, which must not be empty and are sorted on the way.
func median(values []float64) float64 {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
