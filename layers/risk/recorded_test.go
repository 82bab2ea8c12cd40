package risk

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"strata/layers"
)

// oracleCase is a row of testdata/cases.json or testdata/abnormal_cases.json: a market
// made of recorded prices.
type oracleCase struct {
	Name       string
	From, At   time.Time // From is given where a market is watched, not looked at
	Layers     map[string][]struct{ Token, From, To string }
	Benchmarks []string
	Feeds      []oracleFeed
	Supply     map[string]map[string]float64 // tokens in circulation: by the source that tells the market cap, then by token
}

// oracleFeed is what one source saw of the recorded prices.
type oracleFeed struct {
	Source string
	Sets   []string
	Tokens []string // none means all
	Lag    int64    // seconds that are added to the recorded time
	Every  int64    // only recorded times that are a multiple of so many seconds
	Gaps   []struct {
		From, To time.Time
		Tokens   []string // none means all
	}
}

// catalogue returns the case's layers and dated members.
func (c oracleCase) catalogue(t *testing.T) *layers.Catalogue {
	t.Helper()
	slugs := []string{"infrastructure", "middleware", "applications"}
	memberships := map[string][]string{}
	for _, layer := range slugs {
		for _, m := range c.Layers[layer] {
			dated := layer
			if m.From != "" {
				dated += " from: " + m.From
			}
			if m.To != "" {
				dated += " to: " + m.To
			}
			memberships[m.Token] = append(memberships[m.Token], dated)
		}
	}
	var rows []string
	for _, name := range c.tokens() {
		slug := strings.ToLower(name)
		if slices.Contains(c.Benchmarks, name) {
			rows = append(rows, benchmark(slug, name, memberships[name]...))
		} else {
			rows = append(rows, token(slug, memberships[name]...))
		}
	}
	return stack(t, slugs, rows)
}

// history returns what the case's sources saw.
func (c oracleCase) history(t *testing.T) past {
	t.Helper()
	var p past
	for _, f := range c.Feeds {
		for _, token := range c.tokens() {
			if !concerns(f.Tokens, token) {
				continue
			}
			for _, s := range readPrices(t, f.Sets, token) {
				if f.saw(token, s.Time) {
					s.Source, s.Time = f.Source, s.Time.Add(time.Duration(f.Lag)*time.Second)
					s.MarketCap = layers.Decimal{Coefficient: s.Price.Coefficient * int64(c.Supply[f.Source][token]), Exponent: s.Price.Exponent}
					p = append(p, s)
				}
			}
		}
	}
	return p.sorted()
}

// tokens returns the tokens of all layers and the benchmarks, each once.
func (c oracleCase) tokens() []string {
	tokens := slices.Clone(c.Benchmarks)
	for _, members := range c.Layers {
		for _, m := range members {
			tokens = append(tokens, m.Token)
		}
	}
	slices.Sort(tokens)
	return slices.Compact(tokens)
}

func (f oracleFeed) saw(token string, at time.Time) bool {
	for _, g := range f.Gaps {
		if concerns(g.Tokens, token) && !at.Before(g.From) && at.Before(g.To) {
			return false
		}
	}
	return at.Unix()%max(f.Every, 1) == 0
}

func concerns(tokens []string, token string) bool {
	return len(tokens) == 0 || slices.Contains(tokens, token)
}

// readPrices reads recorded prices of a token from testdata.
func readPrices(t testing.TB, sets []string, token string) past {
	t.Helper()
	var p past
	for _, set := range sets {
		for _, row := range readCSV(t, set+"_"+token+".csv.gz")[1:] {
			seconds, err := strconv.ParseInt(row[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			price, err := layers.ParseDecimal(row[1])
			if err != nil {
				t.Fatal(err)
			}
			p = append(p, layers.Sample{Token: strings.ToLower(token), Source: "one", Time: time.Unix(seconds, 0).UTC(), Price: price})
		}
	}
	return p
}

func readCSV(t testing.TB, name string) [][]string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
}
