package exchange_test

import (
	"bufio"
	"compress/gzip"
	"os"
	"path/filepath"
	"testing"

	"strata/collector"
	"strata/collector/binance"
	"strata/collector/exchange"
	"strata/collector/gate"
	"strata/collector/kucoin"
	"strata/collector/okx"
	"strata/layers"
)

// separators are what stands between token and currency in the symbols of a source.
var separators = map[string]string{gate.Name: "_", kucoin.Name: "-", okx.Name: "-", binance.Name: ""}

// notInTheList are listings of the catalogue that the recorded lists of markets have
// not, and why that is no mistake.
var notInTheList = map[string]string{
	"binance CTXCUSDT":     "delisted 2025-04-16",
	"binance RNDRUSDT":     "renamed 2024-07-22",
	"binance OCEANUSDT":    "delisted 2024-07-01",
	"binance AGIXUSDT":     "delisted 2024-07-01",
	"binance LITUSDT":      "delisted 2025-02-13",
	"binance AIGENSYNUSDT": "listed 2026-04-29",
	"kucoin AI-USDT":       "listed 2026-04-29",
	"okx AI-USDT":          "listed 2026-04-29",
	"binance OPGUSDT":      "listed 2026-04-22",
	"okx DIA-USDT":         "last seen 2024-09-21",
}

func TestTheCatalogueNamesMarketsThatThereWereInACurrencyThatIsUnderstood(t *testing.T) {
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	known, checked := markets(t), 0
	for _, token := range catalogue.Tokens() {
		for _, l := range token.Listings {
			separator, ours := separators[l.Source]
			if !ours {
				continue
			}
			checked++
			if currency, err := exchange.Currency(l.Symbol, separator); err != nil || currency != collector.USDT {
				t.Errorf("%s at %s: %s is in %q, %v", token.Slug, l.Source, l.Symbol, currency, err)
			}
			name := l.Source + " " + l.Symbol
			if _, excused := notInTheList[name]; known[name] == excused {
				t.Errorf("%s: is %s a market? in the list %v, excused %v", token.Slug, name, known[name], excused)
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d listings were looked at", checked)
	}
}

// markets reads the recorded lists of markets: "gate TAO_USDT".
func markets(t *testing.T) map[string]bool {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "markets.txt.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	text, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		known[lines.Text()] = true
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return known
}
