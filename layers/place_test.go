package layers_test

import (
	"os"
	"strings"
	"testing"

	"strata/layers"
)

func TestEveryListingKnowsItsLine(t *testing.T) {
	text, err := os.ReadFile("catalogue.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	c := shipped(t)
	for _, member := range c.Tokens() {
		if line := lines[c.TokenPlace(member.Slug).Line-1]; !strings.Contains(line, "slug: ") || !strings.Contains(line, member.Slug) {
			t.Errorf("token %s stands in the line %q", member.Slug, line)
		}
		for _, l := range member.Listings {
			place := c.ListingPlace(l)
			line := lines[place.Line-1]
			if place.File != "catalogue.yaml" || !strings.Contains(line, l.Source) || !strings.Contains(line, l.Symbol) {
				t.Errorf("%s of %s stands in %s, the line %q", l.Symbol, l.Token, place, line)
			}
		}
	}
}

func TestAnOverlayMovesItsRows(t *testing.T) {
	c, err := parseBase(t).Overlay("mine.yaml", []byte(`
tokens:
  - slug: beta
    name: Beta
    memberships: [{layer: low, subcategory: one, role: primary, weight: 1}]
    listings:
      - {source: kraken, symbol: BETA/USD}
`))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.ListingPlace(token(t, c, "beta").Listings[0]).String(); got != "mine.yaml:7" {
		t.Errorf("listing of beta at %s, want mine.yaml:7", got)
	}
	if got := c.TokenPlace("alpha"); got.File != "base.yaml" {
		t.Errorf("alpha at %s, want base.yaml", got)
	}
	if got := c.ListingPlace(layers.Listing{Token: "nobody"}); got != (layers.Place{}) {
		t.Errorf("a listing that is not there stands at %s", got)
	}
}
