package layers

import (
	"cmp"
	_ "embed"
	"maps"
	"slices"
	"strings"
)

//go:embed catalogue.yaml
var catalogueYAML []byte

// Default returns the catalogue that strata ships.
func Default() (*Catalogue, error) { return Parse("catalogue.yaml", catalogueYAML) }

// Parse reads a catalogue from YAML; catalogue.yaml explains the format. The name
// stands in the errors. A catalogue with any fault is refused, with all its faults:
// the error is [Faults].
func Parse(name string, text []byte) (*Catalogue, error) {
	return newCatalogue("", nil, nil, nil).Overlay(name, text)
}

// Overlay returns a catalogue that is extended and overridden by a file of the same
// format: a token or layer with a known slug replaces that one whole, others are
// added, and those listed under remove are taken out. The result is checked whole;
// the error is [Faults]. The receiver stays as it was.
func (c *Catalogue) Overlay(name string, text []byte) (*Catalogue, error) {
	doc := readDocument(name, text)
	version := c.version
	if doc.version != "" {
		version = doc.version
	}
	layers, tokens, where := c.merge(doc)
	merged := newCatalogue(version, layers, tokens, where)
	if faults := slices.Concat(doc.faults, merged.check(doc.broken)); len(faults) > 0 {
		return nil, faults.sorted()
	}
	return merged, nil
}

// merge lays the rows of a document over those of c. Broken rows are kept, so that
// what refers to them does not look wrong as well.
func (c *Catalogue) merge(doc *document) ([]Layer, []*Token, map[string]Place) {
	where := maps.Clone(c.where)
	maps.Copy(where, doc.where)
	layers := slices.DeleteFunc(slices.Clone(c.layers), func(l Layer) bool { return doc.holds("layer", l.Slug) })
	tokens := slices.DeleteFunc(slices.Clone(c.tokens), func(t *Token) bool { return doc.holds("token", t.Slug) })
	for _, removed := range doc.remove {
		if _, known := c.bySlug[removed.text]; !known {
			doc.fault(removed.line, "remove: there is no token %q to remove", removed.text)
		}
		tokens = slices.DeleteFunc(tokens, func(t *Token) bool { return t.Slug == removed.text })
	}
	return append(layers, doc.layers...), append(tokens, doc.tokens...), where
}

// newCatalogue sorts and indexes; it checks nothing.
func newCatalogue(version string, layers []Layer, tokens []*Token, where map[string]Place) *Catalogue {
	c := &Catalogue{
		version: version, layers: layers, tokens: tokens, where: where,
		bySlug:   make(map[string]*Token, len(tokens)),
		bySymbol: make(map[sourceSymbol][]Listing),
		bySource: make(map[string][]listed),
		intoSlug: make(map[string][]*Token),
	}
	if c.where == nil {
		c.where = make(map[string]Place)
	}
	slices.SortStableFunc(c.layers, func(a, b Layer) int { return cmp.Compare(a.Order, b.Order) })
	slices.SortStableFunc(c.tokens, func(a, b *Token) int { return strings.Compare(a.Slug, b.Slug) })
	for _, t := range c.tokens {
		c.bySlug[t.Slug] = t
		if t.Migration != nil {
			c.intoSlug[t.Migration.To] = append(c.intoSlug[t.Migration.To], t)
		}
		for i, l := range t.Listings {
			key := sourceSymbol{l.Source, l.Symbol}
			c.bySymbol[key] = append(c.bySymbol[key], l)
			c.bySource[l.Source] = append(c.bySource[l.Source], listed{t, i})
		}
	}
	return c
}
