package layers

import (
	"fmt"
	"slices"
	"time"
)

// Restrict returns a catalogue of those tokens only, as they stood at an instant:
// the memberships, listings and symbols valid then, now without dates, and no
// migration, delisting or event that lay ahead. It is for replaying a recording at
// another time. The error names every slug that is unknown or stood in no layer
// then.
func (c *Catalogue) Restrict(slugs []string, at time.Time) (*Catalogue, error) {
	var faults Faults
	var tokens []*Token
	for _, slug := range slices.Compact(slices.Sorted(slices.Values(slugs))) {
		if t, ok := c.bySlug[slug]; ok {
			tokens = append(tokens, t.asOf(at))
		} else {
			faults = append(faults, Fault{Text: fmt.Sprintf("token %s: not in the catalogue", slug)})
		}
	}
	subset := newCatalogue(c.version, slices.Clone(c.layers), tokens, c.where)
	if faults = append(faults, subset.check(nil)...); len(faults) > 0 {
		return nil, fmt.Errorf("restrict catalogue to %s: %w", at.UTC().Format(time.DateOnly), faults)
	}
	return subset, nil
}

// asOf returns the token as it stood at an instant, without dates.
func (t *Token) asOf(at time.Time) *Token {
	then := *t
	then.Symbols = timeless(t.Symbols, at, func(s *Symbol) *Span { return &s.Valid })
	then.Memberships = timeless(t.Memberships, at, func(m *Membership) *Span { return &m.Valid })
	then.Listings = timeless(t.Listings, at, func(l *Listing) *Span { return &l.Valid })
	if t.Migration != nil && at.Before(t.Migration.Since) {
		then.Migration = nil
	}
	if at.Before(t.Delisted) {
		then.Delisted = time.Time{}
	}
	// A prefix of the day sorts before it, so "2024-07" has happened on 2024-07-01.
	day := at.UTC().Format(time.DateOnly)
	then.Events = slices.DeleteFunc(slices.Clone(t.Events), func(e Event) bool { return e.Date > day })
	return &then
}

// timeless keeps the rows that are valid at an instant and takes their dates away.
func timeless[T any](rows []T, at time.Time, span func(*T) *Span) []T {
	var kept []T
	for _, row := range rows {
		if valid := span(&row); valid.Contains(at) {
			*valid = Span{}
			kept = append(kept, row)
		}
	}
	return kept
}
