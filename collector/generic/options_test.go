package generic

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sorted compares lists whatever their order.
func sorted() cmp.Option { return cmpopts.SortSlices(strings.Compare) }

func fine() Options {
	return Options{Name: "example", URL: "https://example.com/prices?ids={symbols}", Price: "{symbol}.usd", Symbols: map[string]string{"a": "A", "b": "B"}}
}

func TestEveryFaultOfOptionsIsNamedAtOnce(t *testing.T) {
	const canary = "canary-4711"
	_, err := New(Options{
		Name: "My Source", URL: "ftp://user:" + canary + "@example.com/{symbol}/{symbols}#top", Header: map[string]string{"": "x", "X-Key": canary + "\r\nX: y"},
		Currency: "EUR", Number: "float", Time: "a..b", TimeUnit: "minutes", Batch: -1,
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, word := range []string{
		"name:", "url: it has to begin with https", "url: a name and password", "url: what follows #", "url: {symbol} and {symbols}",
		`headers: ""`, `headers: the value of "X-Key"`, "currency:", "number:", "time:", "time_unit:", "price: a path is needed", "batch:", "symbols:",
	} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q is not said in\n%v", word, err)
		}
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("a secret stands in %v", err)
	}
}

func TestAPathThatGivesOneNumberToAllTokensIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Options)
		ok     bool
	}{
		"as it is":                          {func(*Options) {}, true},
		"one price for two":                 {func(o *Options) { o.Price = "data.usd" }, false},
		"one volume for two":                {func(o *Options) { o.Volume = "data.volume" }, false},
		"one time for two":                  {func(o *Options) { o.Time, o.TimeUnit = "time", Seconds }, true},
		"one price for one":                 {func(o *Options) { o.Price, o.Symbols = "data.usd", map[string]string{"a": "A"} }, true},
		"a call for each":                   {func(o *Options) { o.Price, o.URL = "data.usd", "https://example.com/{symbol}" }, true},
		"an empty symbol":                   {func(o *Options) { o.Symbols["c"] = "" }, false},
		"http elsewhere":                    {func(o *Options) { o.URL = "http://example.com/{symbols}" }, false},
		"http here":                         {func(o *Options) { o.URL = "http://localhost:8080/{symbols}" }, true},
		"http at another name of this host": {func(o *Options) { o.URL = "http://[::1]:8080/{symbols}" }, true},
		"no URL":                            {func(o *Options) { o.URL = "" }, false},
		"a broken URL":                      {func(o *Options) { o.URL = "https://exa mple.com/%zz" }, false},
		"a time without a unit":             {func(o *Options) { o.Time = "time" }, false},
	} {
		opts := fine()
		c.change(&opts)
		if _, err := New(opts); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPathsAreParsed(t *testing.T) {
	for text, want := range map[string][]step{
		"price":                         {{key: "price"}},
		"result.{symbol}.c[0]":          {{key: "result"}, {key: "{symbol}"}, {key: "c"}, {kind: byIndex, index: 0}},
		"data[symbol={symbol}].price":   {{key: "data"}, {kind: bySearch, key: "symbol", value: "{symbol}"}, {key: "price"}},
		"[12][3].x":                     {{kind: byIndex, index: 12}, {kind: byIndex, index: 3}, {key: "x"}},
		"[pair=t{symbol}USD][id=a=b].p": {{kind: bySearch, key: "pair", value: "t{symbol}USD"}, {kind: bySearch, key: "id", value: "a=b"}, {key: "p"}},
	} {
		got, err := parsePath(text)
		if diff := cmp.Diff(want, got.steps, cmp.AllowUnexported(step{})); err != nil || diff != "" {
			t.Errorf("%s: %v %s", text, err, diff)
		}
	}
	for _, text := range []string{
		".", "a.", ".a", "a..b", "a.[0]", "[0", "a]", "a[", "[]", "[-1]", "[x]", "[=x]", "[x=]", "[0]x", "[99999999999]", "a[0]]",
	} {
		if got, err := parsePath(text); err == nil {
			t.Errorf("%s is read as %+v", text, got)
		}
	}
}

func TestSymbolsAreListedByToken(t *testing.T) {
	client, err := New(fine())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range client.Listings() {
		got = append(got, l.Token+" "+l.Source+" "+l.Symbol)
	}
	if want := []string{"a example A", "b example B"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add("result.{symbol}.c[0]")
	f.Add("data[symbol={symbol}].price")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePath(text)
		if err == nil && text != "" && len(p.steps) == 0 {
			t.Errorf("%q has no steps", text)
		}
	})
}
