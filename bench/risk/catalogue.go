package main

import (
	"bytes"
	"fmt"

	"strata/layers"
)

const (
	layerCount   = 8
	mostInALayer = 125 // so that more tokens make more layers, as they would
)

// layerOf returns the layer of the token of that number.
func layerOf(token, tokens int) string {
	return fmt.Sprintf("layer-%03d", token%layersFor(tokens))
}

func layersFor(tokens int) int {
	return max(layerCount, (tokens+mostInALayer-1)/mostInALayer)
}

// catalogueOf puts tokens into layers, in turns.
func catalogueOf(tokens []string) (*layers.Catalogue, error) {
	var text bytes.Buffer
	fmt.Fprintln(&text, "version: \"1\"\nlayers:")
	for i := range layersFor(len(tokens)) {
		slug := layerOf(i, len(tokens))
		fmt.Fprintf(&text, "  - {slug: %s, order: %d, name: {en: %s}, subcategories: [{slug: all, name: {en: all}}]}\n", slug, i+1, slug)
	}
	fmt.Fprintln(&text, "tokens:")
	for i, token := range tokens {
		fmt.Fprintf(&text, "  - {slug: %s, name: %s, listings: [{source: generated, symbol: %s}], memberships: [{layer: %s, subcategory: all, role: primary, weight: 1}]}\n",
			token, token, token, layerOf(i, len(tokens)))
	}
	return layers.Parse("generated.yaml", text.Bytes())
}
