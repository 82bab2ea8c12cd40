package layers

import (
	"fmt"
	"slices"
)

// With returns the catalogue with listings added to its tokens. The error names every
// token that is unknown and all that a catalogue with them would have wrong.
func (c *Catalogue) With(listings []Listing) (*Catalogue, error) {
	var faults Faults
	tokens := slices.Clone(c.tokens)
	for _, l := range listings {
		i := slices.IndexFunc(tokens, func(t *Token) bool { return t.Slug == l.Token })
		if i < 0 {
			faults = append(faults, Fault{Text: fmt.Sprintf("source %s: token %s is not in the catalogue", l.Source, l.Token)})
			continue
		}
		more := *tokens[i]
		more.Listings = append(slices.Clone(more.Listings), l)
		tokens[i] = &more
	}
	wider := newCatalogue(c.version, slices.Clone(c.layers), tokens, c.where)
	if faults = append(faults, wider.check(nil)...); len(faults) > 0 {
		return nil, fmt.Errorf("add listings: %w", faults)
	}
	return wider, nil
}
