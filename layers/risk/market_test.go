package risk

import (
	"cmp"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"strata/layers"
)

// noon is when most made-up markets are looked at.
var noon = time.Date(2025, 6, 22, 12, 0, 0, 0, time.UTC)

// past is a history in memory.
type past []layers.Sample

func (p past) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		var asked past
		for _, s := range p {
			if s.Token == token && span.Contains(s.Time) {
				asked = append(asked, s)
			}
		}
		for _, s := range asked.sorted() {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func (p past) MarketCaps(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return onlyCaps(p.Samples(token, span))
}

func (l ledger) MarketCaps(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return onlyCaps(l.Samples(token, span))
}

// onlyCaps yields market caps as a store does: without the price.
func onlyCaps(samples iter.Seq2[layers.Sample, error]) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for s, err := range samples {
			s.Price = layers.Decimal{}
			if s.MarketCap.IsPositive() && !yield(s, err) {
				return
			}
		}
	}
}

// capped gives each sample the market cap of so many tokens.
func (p past) capped(supply func(token string) int64) past {
	return p.mapped(func(s *layers.Sample) {
		s.MarketCap = layers.Decimal{Coefficient: s.Price.Coefficient * supply(s.Token), Exponent: s.Price.Exponent}
	})
}

// ledger is a past by token, in order, for many questions.
type ledger map[string]past

func (p past) ledger() ledger {
	byToken := ledger{}
	for _, s := range p.sorted() {
		byToken[s.Token] = append(byToken[s.Token], s)
	}
	return byToken
}

func (l ledger) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		of := l[token]
		first, _ := slices.BinarySearchFunc(of, span.From, func(s layers.Sample, from time.Time) int { return s.Time.Compare(from) })
		for _, s := range of[first:] {
			if !span.Contains(s.Time) || !yield(s, nil) {
				return
			}
		}
	}
}

// sorted returns the samples in the order in which a history yields them.
func (p past) sorted() past {
	sorted := slices.Clone(p)
	slices.SortStableFunc(sorted, func(a, b layers.Sample) int {
		return cmp.Or(a.Time.Compare(b.Time), strings.Compare(a.Source, b.Source))
	})
	return sorted
}

// without drops the samples of a token, or of all tokens when it is "", that lie in
// a span.
func (p past) without(token string, from, to time.Time) past {
	span := layers.Span{From: from, To: to}
	return slices.DeleteFunc(slices.Clone(p), func(s layers.Sample) bool {
		return (token == "" || s.Token == token) && span.Contains(s.Time)
	})
}

// mapped returns the samples after the same change to each.
func (p past) mapped(change func(*layers.Sample)) past {
	mapped := slices.Clone(p)
	for i := range mapped {
		change(&mapped[i])
	}
	return mapped
}

// quotes makes samples of one token at one source, every step in (from, to]; step i
// of the series has price(i) in millionths of a dollar.
func quotes(token, source string, from, to time.Time, step time.Duration, price func(i int) int64) past {
	var p past
	for at, i := from.Add(step), 0; !at.After(to); at, i = at.Add(step), i+1 {
		p = append(p, layers.Sample{Token: token, Source: source, Time: at, Price: layers.Decimal{Coefficient: price(i), Exponent: -6}})
	}
	return p
}

// walk is a seeded random walk around 100 dollars, 10 basis points a step.
func walk(seed uint64) func(int) int64 {
	random, price := rand.New(rand.NewPCG(seed, 7)), 100e6
	return func(int) int64 {
		price *= 1 + 0.001*random.NormFloat64()
		return int64(price)
	}
}

// month is a market of random walks: hours for 31 days, then minutes for 26 hours.
func month(tokens ...string) past {
	var p past
	turn := noon.Add(-26 * time.Hour)
	for i, token := range tokens {
		p = append(p, quotes(token, "one", noon.AddDate(0, 0, -32), turn, time.Hour, walk(uint64(i)))...)
		p = append(p, quotes(token, "one", turn, noon, time.Minute, walk(uint64(i)+100))...)
	}
	return p
}

// token writes a row of a catalogue: a token that source one lists, with memberships
// such as "alpha" or "alpha to: 2025-06-01".
func token(slug string, memberships ...string) string {
	return row(slug, fmt.Sprintf("listings: [{source: one, symbol: %s}]", slug), memberships...)
}

// benchmark writes a row of a token that others are compared with.
func benchmark(slug, symbol string, memberships ...string) string {
	return row(slug, fmt.Sprintf("benchmark: true, symbols: [{symbol: %s}], listings: [{source: one, symbol: %s}]", symbol, slug), memberships...)
}

func row(slug, facts string, memberships ...string) string {
	var rows []string
	for _, m := range memberships {
		layer, dates, _ := strings.Cut(m, " ")
		if dates != "" {
			dates = ", " + dates
		}
		rows = append(rows, fmt.Sprintf("{layer: %s, subcategory: part, role: primary, weight: 1%s}", layer, dates))
	}
	return fmt.Sprintf("  - {slug: %s, name: %s, %s, memberships: [%s]}\n", slug, slug, facts, strings.Join(rows, ", "))
}

// catalogue makes a stack of the layers alpha and beta.
func catalogue(t testing.TB, tokens ...string) *layers.Catalogue {
	t.Helper()
	return stack(t, []string{"alpha", "beta"}, tokens)
}

// stack makes a catalogue of layers, bottom first, and rows of tokens.
func stack(t testing.TB, slugs, tokens []string) *layers.Catalogue {
	t.Helper()
	rows := []string{"version: \"1\"\nlayers:\n"}
	for i, slug := range slugs {
		rows = append(rows, fmt.Sprintf("  - {slug: %s, order: %d, name: {en: %s}, subcategories: [{slug: part, name: {en: part}}]}\n", slug, i+1, slug))
	}
	rows = append(append(rows, "tokens:\n"), tokens...)
	c, err := layers.Parse("test.yaml", []byte(strings.Join(rows, "")))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func window(t testing.TB, name string) Window {
	t.Helper()
	w, err := WindowNamed(name)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func compute(t testing.TB, c *layers.Catalogue, h History, at time.Time) *Snapshot {
	t.Helper()
	s, err := Compute(t.Context(), c, h, at)
	if err != nil {
		t.Fatal(err)
	}
	s.Took = 0
	return s
}

func computeLayer(t testing.TB, c *layers.Catalogue, h History, layer, name string, at time.Time) LayerRisk {
	t.Helper()
	risk, err := ComputeLayer(t.Context(), c, h, layer, window(t, name), at)
	if err != nil {
		t.Fatal(err)
	}
	return risk
}

func computeToken(t testing.TB, c *layers.Catalogue, h History, token, name string, at time.Time) TokenRisk {
	t.Helper()
	risk, err := ComputeToken(t.Context(), c, h, token, window(t, name), at)
	if err != nil {
		t.Fatal(err)
	}
	return risk
}

// member returns a member of a layer.
func member(t testing.TB, l LayerRisk, token string) Member {
	t.Helper()
	for _, m := range l.Members {
		if m.Token == token {
			return m
		}
	}
	t.Fatalf("%s is no member of %s", token, l.Layer)
	return Member{}
}
