package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// krakenOfJuly answers as Kraken did on 23 July 2026 (last trade, volume and trades of the day).
const krakenOfJuly = `{"error":[],"result":{
	"TAO/USD":{"c":["196.09240000","0.69350"],"v":["4758.88093","10346.96889"],"t":[1628,4520]},
	"LIT/USD":{"c":["0.09460000","52.85412"],"v":["18313.04688","64115.82777"],"t":[44,161]},
	"ATH/USD":{"c":["0.004650000","3628.12500"],"v":["4505376.13138","11962645.88447"],"t":[171,546]},
	"AKT/USD":{"c":["0.534300","18.71607711"],"v":["47543.21618927","189738.65923880"],"t":[515,1302]},
	"USDT/USD":{"c":["0.99937000","11.00000000"],"v":["50656828.35387151","239988245.03547038"],"t":[6603,23699]}}}`

// geckoOfJuly answers with what other sources had for the same tokens, in a world where
// LIT is Lighter and the id of SONM is gone.
func geckoOfJuly(now int64) string {
	return strings.ReplaceAll(`{"bittensor":{"usd":196.1,"last_updated_at":NOW},"lighter":{"usd":1.31,"last_updated_at":NOW},
	"aethir":{"usd":0.00466,"last_updated_at":NOW},"akita-inu-2":{"usd":0.0000000123,"last_updated_at":NOW}}`, "NOW", fmt.Sprint(now))
}

const coinsOfJuly = `[{"id":"bittensor","symbol":"tao","name":"Bittensor"},{"id":"lighter","symbol":"lit","name":"Lighter"},
	{"id":"aethir","symbol":"athx","name":"Aethir"},{"id":"akita-inu-2","symbol":"akt","name":"Akita Inu"},{"id":"snailmoon","symbol":"snm","name":"SnailMoon"}]`

const julyCatalogue = `version: "1"
tokens:
  - {slug: bittensor, name: Bittensor, benchmark: true, symbols: [{symbol: TAO}], listings: [{source: kraken, symbol: TAO/USD}, {source: coingecko, symbol: bittensor}]}
  - slug: lighter
    name: Lighter
    benchmark: true
    symbols: [{symbol: LIT}]
    listings:
      - {source: coingecko, symbol: lighter}
      - {source: kraken, symbol: LIT/USD}
  - slug: aethir
    name: Aethir
    benchmark: true
    symbols: [{symbol: ATH}]
    listings:
      - {source: coingecko, symbol: aethir}
      - {source: kraken, symbol: ATH/USD}
  - slug: sonm
    name: SONM
    benchmark: true
    symbols: [{symbol: SNM}]
    listings:
      - {source: coingecko, symbol: sonm}
remove: [REST]
`

// verifyJuly runs the command against local servers that play the sources.
func verifyJuly(t *testing.T, gecko http.HandlerFunc, args ...string) (code int, out, errs string) {
	t.Helper()
	kraken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(krakenOfJuly))
	}))
	defer kraken.Close()
	aggregator := httptest.NewServer(gecko)
	defer aggregator.Close()
	dir := t.TempDir()
	c, err := catalogueOf("")
	if err != nil {
		t.Fatal(err)
	}
	var rest []string
	for _, token := range c.Tokens() {
		if s := token.Slug; !strings.Contains(julyCatalogue, "slug: "+s+"\n") && !strings.Contains(julyCatalogue, "slug: "+s+",") {
			rest = append(rest, "'"+s+"'")
		}
	}
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("mine.yaml", strings.Replace(julyCatalogue, "REST", strings.Join(rest, ", "), 1))
	var settings strings.Builder
	settings.WriteString("catalogue: {file: " + file + "}\nsources:\n" +
		"  coingecko: {base_url: " + aggregator.URL + "}\n  kraken: {base_url: " + kraken.URL + "}\n")
	for _, off := range []string{"coinbase", "gate", "kucoin", "okx", "binance", "defillama", "coinpaprika"} {
		settings.WriteString("  " + off + ": {enabled: false}\n")
	}
	var stdout, stderr bytes.Buffer
	args = append([]string{"verify", "--config.file", write("strata.yaml", settings.String())}, args...)
	code = run(t.Context(), args, terminal{out: &stdout, err: &stderr})
	return code, strings.ReplaceAll(stdout.String(), file, "mine.yaml"), stderr.String()
}

func well(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	body := geckoOfJuly(time.Now().Unix())
	if strings.HasSuffix(r.URL.Path, "/coins/list") {
		body = coinsOfJuly
	}
	_, _ = w.Write([]byte(body))
}

func TestVerifyNamesTheLineToChange(t *testing.T) {
	code, out, errs := verifyJuly(t, well)
	want := `mine.yaml:9: lighter: coingecko lighter: costs 1.31, of 0.0946, 1.31, and nobody can tell who means another coin
mine.yaml:10: lighter: kraken LIT/USD: costs 0.0946, of 0.0946, 1.31, and nobody can tell who means another coin
mine.yaml:11: aethir: coingecko aethir: CoinGecko calls Aethir ATHX, the catalogue ATH
      symbols: [{symbol: ATH, to: TODAY}, {symbol: ATHX, from: TODAY}]
mine.yaml:23: sonm: coingecko sonm: CoinGecko lists no such id; with the ticker SNM there are snailmoon (SnailMoon)
      - {source: coingecko, symbol: sonm, to: TODAY}
7 listings verified, 4 findings
What is proposed ends today: if you know the day, write that one. A row of catalogue.yaml is changed
by a row with its slug in a file of your own (catalogue.file).
`
	want = strings.ReplaceAll(want, "TODAY", time.Now().UTC().Format(time.DateOnly))
	if diff := cmp.Diff(want, out); diff != "" || code != 1 {
		t.Errorf("exit code %d (-want +got):\n%s", code, diff)
	}
	if errs != "strata: 4 names may not mean what the catalogue says\n" {
		t.Errorf("said %q", errs)
	}
}

func TestVerifySaysItInJSONToo(t *testing.T) {
	_, out, _ := verifyJuly(t, well, "--format", "json")
	var result struct {
		Listings int
		Findings []struct{ Token, Source, Symbol, Kind, At, Line string }
		Unasked  []string
	}
	if err := json.Unmarshal([]byte(out), &result); err != nil || result.Listings != 7 || len(result.Findings) != 4 || result.Unasked == nil {
		t.Fatalf("%v: %s", err, out)
	}
	if f := result.Findings[2]; f.Token != "aethir" || f.Kind != "renamed" || f.At != "mine.yaml:11" || f.Line == "" {
		t.Errorf("%+v", f)
	}
}

// A source that cannot be asked proves nothing, and that is no all-clear.
func TestVerifyIsNotDeceivedByASourceThatIsDown(t *testing.T) {
	code, out, errs := verifyJuly(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	if code != 1 || strings.Count(out, "could not be asked: coingecko") != 2 || !strings.Contains(out, "3 listings verified, 0 findings") {
		t.Errorf("exit code %d: %s", code, out)
	}
	if errs != "strata: 2 sources could not be asked, so their names are not verified\n" {
		t.Errorf("said %q", errs)
	}
}
