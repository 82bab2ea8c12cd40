package risk

import (
	"math"
	"time"

	"strata/layers"
)

// oneDay is the window that a layer's present is compared with its past in: a day on
// the 1 h grid, because hours are all that is known of the past. It is not one of
// [Windows]; the 24h number that is published is finer.
var oneDay = Window{Name: "24h", Span: 24 * time.Hour, TokenStep: coarseStep, LayerStep: coarseStep, MinCoverage: 0.8}

// dayCells is what a ring must hold for a day: its hours, the one that ends where the
// first of them begins, and the tolerance of the price there.
const dayCells = int((24*time.Hour + 2*time.Hour) / coarseStep)

// dayReach is how far back from its end a day needs history.
const dayReach = time.Duration(dayCells) * coarseStep

// dayView returns the market as it was known at the last full hour that is not after
// an instant, as far back as a day needs. Past and present are seen through it alike,
// so that what it says of an hour does not depend on when it is asked.
func dayView(c *layers.Catalogue, book map[string]*series, at time.Time) *view {
	hour, then := at.Truncate(coarseStep), make(map[string]*series, len(book))
	for token, s := range book {
		then[token] = s.asOf(hour)
	}
	v := newView(c, then, hour, nil)
	v.windows = []Window{oneDay}
	return v
}

// asOf returns what was known of the token at a full hour.
func (s series) asOf(hour time.Time) *series {
	then := make(series, len(s))
	for i, f := range s {
		then[i] = f.asOf(hour)
	}
	return &then
}

// asOf returns what the source had said at a full hour, without its fine grid.
func (f *feed) asOf(hour time.Time) *feed {
	coarse := f.coarse.until(f.coarse.interval(hour.UnixMilli()), dayCells)
	return &feed{source: f.source, time: coarse.newestSample(), coarse: coarse}
}

// logVolatility returns the logarithm of a layer's volatility in the day that ends at
// the view's hour.
func (v *view) logVolatility(layer string) Figure {
	risk := LayerRisk{Layer: layer, Window: oneDay}
	_, live := v.addMembers(&risk)
	g := gridAt(v.at, oneDay.Span, oneDay.LayerStep)
	risk.addIndex(equalIndex(v.attendants(layer, oneDay, g), g), g, rule2(risk.Counts(), live))
	switch sigma := risk.Volatility; {
	case !sigma.Known:
		return sigma
	case sigma.Value == 0:
		return Figure{Reason: "the layer's index did not move for a day"}
	default:
		return known(math.Log(sigma.Value))
	}
}
