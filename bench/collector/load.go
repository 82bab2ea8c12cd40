package main

import (
	"fmt"
	"strings"
	"time"

	"strata/collector"
	"strata/collector/binance"
	"strata/collector/coingecko"
	"strata/collector/gate"
	"strata/collector/kraken"
	"strata/collector/okx"
	"strata/layers"
)

// load is how much there is to ask for.
type load struct {
	tokens, cycles int
	sources        []string
}

var five = []string{coingecko.Name, kraken.Name, gate.Name, okx.Name, binance.Name}

// loads by name; the quick ones only show that the program works.
var loads = map[string]load{
	"1,000 tokens at 5 sources": {1000, 20, five},
	"18,000 tokens, 72 pages":   {18_000, 5, five[:1]},
	"quick, at 5 sources":       {20, 2, five},
	"quick, 2 pages":            {500, 1, five[:1]},
}

// unlimited is the budget of a server of one's own.
var unlimited = collector.Budget{Calls: 1 << 20, Per: time.Second}

// open returns the real source of that name at the server.
func open(name, base string) collector.Source {
	base += "/" + name
	switch name {
	case coingecko.Name:
		return coingecko.New(coingecko.Options{BaseURL: base, Budget: unlimited})
	case kraken.Name:
		return kraken.New(kraken.Options{BaseURL: base, Budget: unlimited})
	case gate.Name:
		return gate.New(gate.Options{BaseURL: base})
	case okx.Name:
		return okx.New(okx.Options{BaseURL: base})
	}
	return binance.New(binance.Options{BaseURL: base})
}

// symbol is how a source calls a token.
func symbol(source string, token int) string {
	if token == tether {
		return map[string]string{coingecko.Name: "tether", kraken.Name: "USDT/USD"}[source]
	}
	switch name := fmt.Sprintf("T%d", token); source {
	case coingecko.Name:
		return fmt.Sprintf("some-token-%d", token)
	case kraken.Name:
		return name + "/USD"
	case gate.Name:
		return name + "_USDT"
	case okx.Name:
		return name + "-USDT"
	default:
		return name + "USDT"
	}
}

// tether stands before the tokens, at the sources that have it.
const tether = -1

// catalogue lists so many tokens at all sources of a load.
func (l load) catalogue() (*layers.Catalogue, error) {
	var text strings.Builder
	text.WriteString(`version: "2026-06-24"
layers:
  - {slug: infrastructure, order: 1, name: {en: Infrastructure}, subcategories: [{slug: training, name: {en: Training}}]}
tokens:
  - {slug: tether, name: Tether, benchmark: true, pegged: true, symbols: [{symbol: USDT}], listings: [`)
	for _, source := range l.sources {
		if name := symbol(source, tether); name != "" {
			fmt.Fprintf(&text, "{source: %s, symbol: %s},", source, name)
		}
	}
	text.WriteString("]}\n")
	for token := range l.tokens {
		fmt.Fprintf(&text, "  - {slug: token-%d, name: Token %d, symbols: [{symbol: T%d}],\n", token, token, token)
		text.WriteString("     memberships: [{layer: infrastructure, subcategory: training, role: primary, weight: 1}], listings: [")
		for _, source := range l.sources {
			fmt.Fprintf(&text, "{source: %s, symbol: %s},", source, symbol(source, token))
		}
		text.WriteString("]}\n")
	}
	return layers.Parse("generated", []byte(text.String()))
}
