package risk

import (
	"fmt"
	"math"
	"strings"
	"time"

	"strata/layers"
)

// The limits of the publication rules (docs/METHOD.md). Those of coverage stand in
// [Window], those of age in tolerance.
const (
	hysteresis  = 0.05             // coverage may fall this far below the minimum before a published number is withdrawn
	minReturns  = 10               // valid returns of a token
	minComplete = 30               // listwise-complete steps of a covariance matrix
	frozenAfter = time.Hour        // a price that stands this long at every source is no price
	freshFor    = 10 * time.Minute // age up to which a quote goes into the price that is shown
	tellable    = 24 * time.Hour   // greater ages are not told apart: what is read for a short window reaches little further
)

// verdict says whether a token may be published in a window, and why not.
type verdict struct {
	state  MemberState
	reason string
}

// judge decides by the catalogue and rule 1 whether a token may be published in a
// window: live, fresh, moving, and with enough returns from early enough on.
func (v *view) judge(t *layers.Token, s series, w Window, coverage float64, e extent) verdict {
	if state := t.State(v.at); state != layers.Live {
		return verdict{MemberState(state), absence(t, state)}
	}
	if reason := stale(s, w, v.at); reason != "" {
		return verdict{Stale, reason}
	}
	if reason := frozen(s, v.at); reason != "" && !t.Pegged {
		return verdict{Frozen, reason}
	}
	if reason := insufficient(e, coverage, v.minCoverage(t, w), w); reason != "" {
		return verdict{Insufficient, reason}
	}
	return verdict{state: Included}
}

// minCoverage returns the coverage that a token needs. A number that was published
// stays until its coverage has fallen clearly below the minimum, so that a series on
// the edge does not flap.
func (v *view) minCoverage(t *layers.Token, w Window) float64 {
	if v.previous == nil {
		return w.MinCoverage
	}
	if before, ok := v.previous.Token(t.Slug, w.Name); ok && before.Volatility.Known {
		return w.MinCoverage - hysteresis
	}
	return w.MinCoverage
}

// stale says how the newest sample is too old, or "".
func stale(s series, w Window, at time.Time) string {
	var newest time.Time
	for _, f := range s {
		newest = later(newest, f.newest())
	}
	age := at.Sub(newest)
	if age > tellable {
		return fmt.Sprintf("no sample in the last %v", tellable)
	}
	if limit := Tolerance(w.TokenStep); age > limit {
		return fmt.Sprintf("newest sample is %v old, limit %v", ceilSecond(age), limit)
	}
	return ""
}

// frozen says for how long the price has not moved at any source, or "" when it
// still moves.
func frozen(s series, at time.Time) string {
	if standing := at.Sub(s.changed(at, tellable)); standing >= frozenAfter {
		return fmt.Sprintf("price has not moved for at least %v, limit %v", standing.Truncate(time.Second), frozenAfter)
	}
	return ""
}

// insufficient says what of the window is missing, or "".
func insufficient(e extent, coverage, minCoverage float64, w Window) string {
	if coverage < minCoverage {
		return fmt.Sprintf("coverage %s is below %.2f", floor2(coverage), minCoverage)
	}
	if e.valid < minReturns {
		return fmt.Sprintf("%d valid returns, %d needed", e.valid, minReturns)
	}
	if begin, limit := time.Duration(e.first+1)*w.TokenStep, w.Span/5; begin > limit {
		return fmt.Sprintf("first return ends %v into the window, limit %v", begin, limit)
	}
	return ""
}

// floor2 writes a ratio with two digits, rounded down, so that what is below a limit
// never reads as the limit.
func floor2(ratio float64) string { return fmt.Sprintf("%.2f", math.Floor(ratio*100)/100) }

// ceilSecond rounds an age up, so that what is beyond a limit never reads as the limit.
func ceilSecond(age time.Duration) time.Duration {
	return (age + time.Second - 1).Truncate(time.Second)
}

// needed is how many of m members must be there for a layer's number: half of them,
// rounded up, and at least two, or the only one.
func needed(m int) int {
	if m == 1 {
		return 1
	}
	return max(2, (m+1)/2)
}

// rule2 says why too few of a layer's live members are included, or "".
func rule2(counts map[MemberState]int, live int) string {
	included := counts[Included]
	switch {
	case live == 0:
		return "the layer has no live member"
	case included >= needed(live):
		return ""
	}
	reasons := []string{fmt.Sprintf("%d of %d members included, %d needed", included, live, needed(live))}
	for _, state := range []MemberState{Stale, Frozen, Insufficient} {
		if n := counts[state]; n > 0 {
			reasons = append(reasons, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(reasons, ", ")
}

// rule2Steps says why a layer's index has too few steps, or "".
func rule2Steps(valid, steps int) string {
	if want := shareOf(steps, 4); valid < want {
		return fmt.Sprintf("%d of %d steps have enough members, %d needed", valid, steps, want)
	}
	return ""
}

// rule3 says why there are too few steps for a covariance matrix, or "".
func rule3(complete, steps int) string {
	if want := max(minComplete, shareOf(steps, 3)); complete < want {
		return fmt.Sprintf("%d of %d steps have all members, %d needed", complete, steps, want)
	}
	return ""
}

// shareOf returns the given number of fifths of n, rounded up.
func shareOf(n, fifths int) int { return (n*fifths + 4) / 5 }

// absence says why a token that is not live has no price.
func absence(t *layers.Token, state layers.State) string {
	switch state {
	case layers.Tokenless:
		return "a project without a token"
	case layers.Migrated:
		return fmt.Sprintf("migrated to %s on %s", t.Migration.To, t.Migration.Since.Format(time.DateOnly))
	case layers.Delisted:
		return "delisted on " + t.Delisted.Format(time.DateOnly)
	default:
		return "no source lists it"
	}
}
