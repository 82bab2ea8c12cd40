package layers

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// checker collects the faults of one row.
type checker struct {
	catalogue *Catalogue
	owner     string // "token bittensor"
	faults    Faults
}

func (c *checker) fault(format string, args ...any) {
	at := c.catalogue.where[c.owner]
	text := c.owner + ": " + fmt.Sprintf(format, args...)
	c.faults = append(c.faults, Fault{File: at.File, Line: at.Line, Text: text})
}

// check returns everything that is wrong with the catalogue. Rows known to be
// broken have had their faults named already.
func (c *Catalogue) check(broken map[string]bool) Faults {
	faults := c.checkLayers(broken)
	for _, t := range c.tokens {
		row := &checker{catalogue: c, owner: "token " + t.Slug}
		if !broken[row.owner] {
			row.checkToken(t)
			faults = append(faults, row.faults...)
		}
	}
	return append(faults, c.checkListings(broken)...)
}

func (c *Catalogue) checkLayers(broken map[string]bool) Faults {
	var faults Faults
	for i, layer := range c.layers {
		row := &checker{catalogue: c, owner: "layer " + layer.Slug}
		if broken[row.owner] {
			continue
		}
		row.checkSlug(layer.Slug)
		row.checkName("", layer.Name)
		if i > 0 && c.layers[i-1].Order == layer.Order {
			row.fault("order %d is taken by layer %s; give each its own", layer.Order, c.layers[i-1].Slug)
		}
		for j, sub := range layer.Subcategories {
			row.checkSlug(sub.Slug)
			row.checkName("sub-category "+sub.Slug+": ", sub.Name)
			if slices.ContainsFunc(layer.Subcategories[:j], func(s Subcategory) bool { return s.Slug == sub.Slug }) {
				row.fault("duplicate sub-category %s", sub.Slug)
			}
		}
		faults = append(faults, row.faults...)
	}
	return faults
}

func (c *checker) checkName(what string, name Name) {
	if name.EN == "" {
		c.fault("%sname is missing; write name: {en: ..., ja: ...}", what)
	}
}

// checkSlug holds slugs to what a URL, a label and a file name all take.
func (c *checker) checkSlug(slug string) {
	for part := range strings.SplitSeq(slug, "-") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
			c.fault("slug %q is not of a-z, 0-9 and single hyphens between them", slug)
			return
		}
	}
}

func (c *checker) checkToken(t *Token) {
	c.checkSlug(t.Slug)
	if t.Name == "" {
		c.fault("name is missing")
	}
	if t.Tokenless && len(t.Listings)+len(t.Symbols) > 0 {
		c.fault("is tokenless and yet has listings or symbols; drop one or the other")
	}
	c.checkMigration(t)
	c.checkSymbols(t.Symbols)
	c.checkSources(t.Listings)
	if len(t.Memberships) == 0 && !t.Benchmark {
		c.fault("stands in no layer; give it a membership, or benchmark: true")
	}
	if c.checkMemberships(t.Memberships) {
		c.checkInstants(t.Memberships)
	}
}

func (c *checker) checkMigration(t *Token) {
	m := t.Migration
	if m == nil {
		return
	}
	if m.To == t.Slug {
		c.fault("migration: to is the token itself")
	} else if _, ok := c.catalogue.bySlug[m.To]; !ok {
		c.fault("migration: the successor %q is not in the catalogue; add it or correct to", m.To)
	}
	if m.Ratio < 0 || math.IsNaN(m.Ratio) || math.IsInf(m.Ratio, 0) {
		c.fault("migration: ratio %v is not positive; leave it out if it is not known", m.Ratio)
	}
	if m.Since.IsZero() {
		c.fault("migration: since is missing")
	}
}

func (c *checker) checkSymbols(symbols []Symbol) {
	for i, s := range symbols {
		if s.Symbol == "" {
			c.fault("a symbol is empty")
		}
		for _, earlier := range symbols[:i] {
			if s.Valid.Overlaps(earlier.Valid) {
				c.fault("symbols %s and %s overlap in time; end one where the other begins", earlier.Symbol, s.Symbol)
			}
		}
	}
}

// checkSources makes sure that a sample of a source has one origin.
func (c *checker) checkSources(listings []Listing) {
	for i, l := range listings {
		if l.Source == "" || l.Symbol == "" {
			c.fault("a listing needs a source and a symbol, has %q and %q", l.Source, l.Symbol)
		}
		for _, earlier := range listings[:i] {
			if l.Source == earlier.Source && l.Symbol != earlier.Symbol && l.Valid.Overlaps(earlier.Valid) {
				c.fault("listed at %s as %s and as %s at one time; keep one, or date both", l.Source, earlier.Symbol, l.Symbol)
			}
		}
	}
}

// checkListings finds names of a source that mean two tokens, or one twice, at one
// time.
func (c *Catalogue) checkListings(broken map[string]bool) Faults {
	var faults Faults
	seen := make(map[sourceSymbol][]Listing, len(c.bySymbol))
	for _, t := range c.tokens {
		row := &checker{catalogue: c, owner: "token " + t.Slug}
		if broken[row.owner] {
			continue
		}
		for _, l := range t.Listings {
			key := sourceSymbol{l.Source, l.Symbol}
			row.checkListing(l, seen[key])
			seen[key] = append(seen[key], l)
		}
		faults = append(faults, row.faults...)
	}
	return faults
}

func (c *checker) checkListing(l Listing, others []Listing) {
	for _, other := range others {
		switch {
		case !l.Valid.Overlaps(other.Valid):
		case l.Token == other.Token:
			c.fault("%s %s is listed twice for one time; keep one", l.Source, l.Symbol)
		default:
			c.fault("%s %s is listed for token %s too %s; end one where the other begins",
				l.Source, l.Symbol, other.Token, other.Valid)
		}
	}
}
