package layers_test

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// base is a small catalogue to lay files over.
const base = `
version: base
layers:
  - {slug: low, order: 1, name: {en: Low}, subcategories: [{slug: one, name: {en: One}}]}
  - {slug: high, order: 2, name: {en: High}, subcategories: [{slug: two, name: {en: Two}}]}
tokens:
  - slug: alpha
    name: Alpha
    symbols: [{symbol: NEW, from: 2024-07-01}, {symbol: OLD, to: 2024-07-01}]
    memberships:
      - {layer: low, subcategory: one, role: primary, weight: 1, to: 2024-07-01}
      - {layer: high, subcategory: two, role: primary, weight: 0.75, from: 2024-07-01}
      - {layer: low, subcategory: one, role: secondary, weight: 0.25, from: 2024-07-01}
    listings:
      - {source: kraken, symbol: OLD/USD, to: 2024-07-01}
      - {source: kraken, symbol: NEW/USD, from: 2024-07-01}
    events:
      - {date: '2023', type: launch, detail: it began}
      - {date: 2024-07, type: rename, detail: OLD became NEW}
  - slug: beta
    name: Beta
    delisted: 2026-01-01
    migration: {to: alpha, ratio: 0.5, since: 2025-01-01}
    memberships: [{layer: low, subcategory: one, role: primary, weight: 1}]
    listings: [{source: kraken, symbol: BETA/USD}]
`

func parseBase(t *testing.T) *layers.Catalogue {
	t.Helper()
	c, err := layers.Parse("base.yaml", []byte(base))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func slugs(c *layers.Catalogue) []string {
	var all []string
	for _, token := range c.Tokens() {
		all = append(all, token.Slug)
	}
	return all
}

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestABadCatalogueIsRefusedWithAllItsFaultsAndNoOthers(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no bad catalogues found", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				if fault, ok := strings.CutPrefix(line, "# want: "); ok {
					want = append(want, "bad.yaml:"+strings.TrimSpace(fault))
				}
			}
			_, err = layers.Parse("bad.yaml", text)
			faults, ok := errors.AsType[layers.Faults](err)
			if !ok {
				t.Fatalf("error is %T, want layers.Faults: %v", err, err)
			}
			got := strings.Split(faults.Error(), "\n")
			slices.Sort(got)
			slices.Sort(want)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error("faults (-want +got):\n" + diff)
			}
		})
	}
}

func TestAFileWithoutADocumentIsRefused(t *testing.T) {
	for _, text := range []string{"", "# only a comment\n", "[]", "version: 1\n---\nversion: 2\n"} {
		if c, err := layers.Parse("odd.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "odd.yaml:") {
			t.Errorf("Parse(%q) = %v, %v, want an error that names the file", text, c, err)
		}
	}
}

func TestAnOverlayReplacesAddsAndRemovesRows(t *testing.T) {
	before := parseBase(t)
	after, err := before.Overlay("mine.yaml", []byte(`
layers:
  - {slug: low, order: 3, name: {en: Lower}, subcategories: [{slug: one, name: {en: One}}]}
tokens:
  - {slug: alpha, name: Mine, memberships: [{layer: low, subcategory: one, role: primary, weight: 1}]}
  - {slug: gamma, name: Gamma, memberships: [{layer: high, subcategory: two, role: primary, weight: 1}]}
remove: [beta]
`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"alpha", "gamma"}, slugs(after)); diff != "" {
		t.Error("tokens (-want +got):\n" + diff)
	}
	alpha, _ := after.Token("alpha")
	if alpha.Name != "Mine" || alpha.Listings != nil || alpha.Symbols != nil {
		t.Errorf("alpha = %+v, want the row of the overlay and nothing of the old one", alpha)
	}
	if low, _ := after.Layer("low"); low.Name.EN != "Lower" || after.Layers()[0].Slug != "high" {
		t.Errorf("layers = %v, want low replaced and moved to its new order", after.Layers())
	}
	if after.Version() != "base" {
		t.Errorf("version = %q, want it kept where the overlay gives none", after.Version())
	}
	if _, ok := after.Resolve("kraken", "NEW/USD", date("2025-01-01")); ok {
		t.Error("a listing of the replaced row still resolves")
	}
	if diff := cmp.Diff([]string{"alpha", "beta"}, slugs(before)); diff != "" {
		t.Error("the catalogue below has changed (-want +got):\n" + diff)
	}
}

func TestAnOverlayIsCheckedTogetherWithWhatItLiesOn(t *testing.T) {
	_, err := parseBase(t).Overlay("mine.yaml", []byte(`
tokens:
  - slug: gamma
    name: Gamma
    memberships: [{layer: high, subcategory: two, role: primary, weight: 1}]
    listings: [{source: kraken, symbol: BETA/USD, from: 2025-01-01}]
remove: [alpha]
`))
	want := `base.yaml:20: token beta: migration: the successor "alpha" is not in the catalogue; add it or correct to
mine.yaml:3: token gamma: kraken BETA/USD is listed for token beta too at any time; end one where the other begins`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

func TestARestrictedCatalogueIsThePastWithoutDates(t *testing.T) {
	c, err := parseBase(t).Restrict([]string{"beta", "alpha", "beta"}, date("2024-07-01"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"alpha", "beta"}, slugs(c)); diff != "" {
		t.Error("tokens (-want +got):\n" + diff)
	}
	alpha, _ := c.Token("alpha")
	want := &layers.Token{
		Slug: "alpha", Name: "Alpha",
		Symbols: []layers.Symbol{{Symbol: "NEW"}},
		Memberships: []layers.Membership{
			{Layer: "high", Subcategory: "two", Role: layers.Primary, Weight: 0.75},
			{Layer: "low", Subcategory: "one", Role: layers.Secondary, Weight: 0.25},
		},
		Listings: []layers.Listing{{Token: "alpha", Source: "kraken", Symbol: "NEW/USD"}},
		Events: []layers.Event{
			{Date: "2023", Type: "launch", Detail: "it began"},
			{Date: "2024-07", Type: "rename", Detail: "OLD became NEW"},
		},
	}
	if diff := cmp.Diff(want, alpha); diff != "" {
		t.Error("alpha (-want +got):\n" + diff)
	}
	if beta, _ := c.Token("beta"); beta.State(date("2030-01-01")) != layers.Live {
		t.Error("beta, whose migration and delisting lay ahead, is not live for ever")
	}
	for _, at := range []string{"2020-01-01", "2030-01-01"} {
		if token, ok := c.Resolve("kraken", "NEW/USD", date(at)); !ok || token.Slug != "alpha" {
			t.Errorf("NEW/USD at %s = %v, want alpha at any time", at, token)
		}
	}
}

func TestARestrictedCatalogueKeepsWhatHadHappened(t *testing.T) {
	c, err := parseBase(t).Restrict([]string{"alpha", "beta"}, date("2025-06-01"))
	if err != nil {
		t.Fatal(err)
	}
	beta, _ := c.Token("beta")
	if beta.State(date("2026-06-01")) != layers.Migrated || beta.Migration.Ratio != 0.5 || !beta.Delisted.IsZero() {
		t.Errorf("beta = %+v, want it migrated and not yet delisted", beta)
	}
}

func TestRestrictingToWhatIsNotThereNamesIt(t *testing.T) {
	_, err := parseBase(t).Restrict([]string{"beta", "nobody", "nothing"}, date("2025-06-01"))
	want := `restrict catalogue to 2025-06-01: token nobody: not in the catalogue
token nothing: not in the catalogue
base.yaml:20: token beta: migration: the successor "alpha" is not in the catalogue; add it or correct to`
	if err == nil || err.Error() != want {
		t.Errorf("error:\n%v\nwant:\n%s", err, want)
	}
}

// FuzzParse holds loading to this: whatever the bytes, it answers, and what it
// accepts keeps the promises of a catalogue.
func FuzzParse(f *testing.F) {
	f.Add([]byte(base))
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, "catalogue.yaml") {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := layers.Parse("fuzz.yaml", text)
		if err != nil {
			if faults, ok := errors.AsType[layers.Faults](err); !ok || len(faults) == 0 {
				t.Fatalf("error is %T %v, want faults", err, err)
			}
			return
		}
		for _, token := range c.Tokens() {
			if !promisesHold(token) {
				t.Errorf("accepted %+v", token)
			}
		}
	})
}

// promisesHold looks at a token at every boundary of its memberships.
func promisesHold(token *layers.Token) bool {
	for _, boundary := range token.Memberships {
		if !boundary.Valid.Contains(boundary.Valid.From) {
			continue // since ever and ended before the year 1: the zero time is not in it
		}
		var primaries, weight float64
		for _, m := range token.Memberships {
			if m.Valid.Contains(boundary.Valid.From) {
				weight += m.Weight
				if m.Role == layers.Primary {
					primaries++
				}
			}
		}
		if primaries != 1 || weight < 1-1e-9 || weight > 1+1e-9 {
			return false
		}
	}
	return true
}

// readLines returns the lines of a file of testdata.
func readLines(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", file))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for scanner := bufio.NewScanner(bytes.NewReader(text)); scanner.Scan(); {
		lines = append(lines, scanner.Text())
	}
	return lines
}
