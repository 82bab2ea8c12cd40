package layers

import (
	"math"
	"slices"
	"time"
)

// weightTolerance is how far the weights of an instant may be from 1.
const weightTolerance = 1e-9

// checkMemberships looks at every membership by itself and at pairs; it says
// whether they make sense enough to be summed.
func (c *checker) checkMemberships(memberships []Membership) bool {
	before := len(c.faults)
	for i, m := range memberships {
		c.checkMembership(m)
		for _, earlier := range memberships[:i] {
			if m.Layer == earlier.Layer && m.Subcategory == earlier.Subcategory && m.Valid.Overlaps(earlier.Valid) {
				c.fault("two memberships in %s/%s overlap in time; keep one, or end it where the other begins", m.Layer, m.Subcategory)
			}
		}
	}
	return len(c.faults) == before
}

func (c *checker) checkMembership(m Membership) {
	layer, ok := c.catalogue.Layer(m.Layer)
	if !ok {
		c.fault("unknown layer %q%s", m.Layer, suggest(m.Layer, slugs(c.catalogue.layers, func(l Layer) string { return l.Slug })))
	} else if known := slugs(layer.Subcategories, func(s Subcategory) string { return s.Slug }); !slices.Contains(known, m.Subcategory) {
		c.fault("unknown sub-category %q of layer %s%s", m.Subcategory, m.Layer, suggest(m.Subcategory, known))
	}
	if m.Role != Primary && m.Role != Secondary {
		c.fault("membership in %s/%s: role %q is neither primary nor secondary", m.Layer, m.Subcategory, m.Role)
	}
	if !(m.Weight > 0 && m.Weight <= 1) {
		c.fault("membership in %s/%s: weight %v is not above 0 and at most 1", m.Layer, m.Subcategory, m.Weight)
	}
}

func slugs[T any](rows []T, slug func(T) string) []string {
	var all []string
	for _, row := range rows {
		all = append(all, slug(row))
	}
	return all
}

// checkInstants holds every instant, from the first membership to the last, to one
// primary and weights that sum to 1. Nothing changes between two boundaries, so one
// instant of each stretch stands for all.
func (c *checker) checkInstants(memberships []Membership) {
	stretches := stretchesOf(memberships)
	for i, stretch := range stretches {
		var primaries, members int
		var weight float64
		for _, m := range memberships {
			if !m.Valid.Overlaps(stretch) {
				continue
			}
			members++
			weight += m.Weight
			if m.Role == Primary {
				primaries++
			}
		}
		switch inside := i > 0 && i < len(stretches)-1; {
		case members == 0 && inside:
			c.fault("is in no layer %s; close the gap between its memberships", stretch)
		case members == 0:
		case primaries != 1:
			c.fault("has %d primary memberships %s; exactly one must be", primaries, stretch)
		case math.Abs(weight-1) > weightTolerance:
			c.fault("weights sum to %.10g %s; they must sum to 1", weight, stretch)
		}
	}
}

// stretchesOf cuts all time at every boundary of a membership.
func stretchesOf(memberships []Membership) []Span {
	var cuts []time.Time
	for _, m := range memberships {
		cuts = append(cuts, m.Valid.From, m.Valid.To)
	}
	cuts = slices.DeleteFunc(cuts, time.Time.IsZero)
	slices.SortFunc(cuts, time.Time.Compare)
	cuts = slices.CompactFunc(cuts, time.Time.Equal)
	var stretches []Span
	var from time.Time
	for _, cut := range cuts {
		stretches = append(stretches, Span{from, cut})
		from = cut
	}
	return append(stretches, Span{From: from})
}
