package risk

import (
	"slices"
	"time"

	"strata/layers"
)

// attendance says in which steps of a grid a token was a member that counts: a live
// primary member of the layer when the step began. It is nil when it never was.
func attendance(t *layers.Token, layer string, g grid) []bool {
	if !slices.ContainsFunc(t.Memberships, func(m layers.Membership) bool { return m.Layer == layer }) {
		return nil // nearly every token, so this must cost nearly nothing
	}
	if steady(t, g) {
		if !counts(t, layer, g.time(0)) {
			return nil
		}
		return slices.Repeat([]bool{true}, g.n)
	}
	attended := make([]bool, g.n)
	for k := range attended {
		attended[k] = counts(t, layer, g.time(k))
	}
	if !slices.Contains(attended, true) {
		return nil
	}
	return attended
}

// counts says whether a token is a live primary member of a layer at an instant.
func counts(t *layers.Token, layer string, at time.Time) bool {
	m, ok := t.Primary(at)
	return ok && m.Layer == layer && t.State(at) == layers.Live
}

// steady says whether nothing the catalogue knows of a token changes while the steps
// of a grid begin.
func steady(t *layers.Token, g grid) bool {
	from, to := g.time(0), g.end()
	changes := func(at time.Time) bool { return at.After(from) && at.Before(to) }
	within := func(s layers.Span) bool { return changes(s.From) || changes(s.To) }
	return !changes(t.Delisted) &&
		(t.Migration == nil || !changes(t.Migration.Since)) &&
		!slices.ContainsFunc(t.Memberships, func(m layers.Membership) bool { return within(m.Valid) }) &&
		!slices.ContainsFunc(t.Listings, func(l layers.Listing) bool { return within(l.Valid) })
}
