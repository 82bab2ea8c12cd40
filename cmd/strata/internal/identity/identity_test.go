package identity

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/collector"
	"strata/collector/coingecko"
	"strata/layers"
)

var today = time.Date(2025, 8, 3, 17, 7, 21, 0, time.UTC)

// market is a catalogue of rows "slug TICKER source symbol, source symbol".
func market(t *testing.T, rows ...string) *layers.Catalogue {
	t.Helper()
	var text strings.Builder
	text.WriteString(`version: "1"
layers: [{slug: low, order: 1, name: {en: Low}, subcategories: [{slug: one, name: {en: One}}]}]
tokens:
`)
	for _, row := range rows {
		head, names, _ := strings.Cut(row, ": ")
		slug, ticker, _ := strings.Cut(head, " ")
		fmt.Fprintf(&text, "  - slug: %s\n    name: %s\n    symbols: [{symbol: %s}]\n", slug, slug, ticker)
		text.WriteString("    memberships: [{layer: low, subcategory: one, role: primary, weight: 1}]\n    listings:\n")
		for name := range strings.SplitSeq(names, ", ") {
			source, symbol, _ := strings.Cut(name, " ")
			fmt.Fprintf(&text, "      - {source: %s, symbol: '%s'}\n", source, symbol)
		}
	}
	c, err := layers.Parse("mine.yaml", []byte(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answering is what a source says: "token price", with "USDT", an age or a volume behind.
func answering(t *testing.T, c *layers.Catalogue, source string, lines ...string) Said {
	t.Helper()
	s := Said{Source: source, Listings: c.Listings(source, today), Derived: source == "defillama"}
	for _, line := range lines {
		field := strings.Fields(line)
		q := collector.Quote{Token: field[0], Currency: collector.USD}
		if field[1] == "missing" {
			s.Answer.Missing = append(s.Answer.Missing, collector.Missing{Token: field[0], Reason: strings.Join(field[2:], " ")})
			continue
		}
		q.Price = decimal(t, field[1])
		for _, word := range field[2:] {
			if age, err := time.ParseDuration(word); err == nil {
				q.Time = today.Add(-age)
			} else if volume, ok := strings.CutPrefix(word, "volume="); ok {
				q.Volume = decimal(t, volume)
			} else {
				q.Currency = word
			}
		}
		s.Answer.Quotes = append(s.Answer.Quotes, q)
	}
	return s
}

func decimal(t *testing.T, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func lines(findings []Finding) string {
	var text strings.Builder
	for _, f := range findings {
		fmt.Fprintf(&text, "%s %s\n", f.Kind, f)
	}
	return text.String()
}

func want(t *testing.T, got []Finding, text string) {
	t.Helper()
	if diff := cmp.Diff(strings.TrimPrefix(text, "\n"), lines(got)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// The prices are those of June 2026 and December 2025: Litentry about 0.118, and Lighter
// about 2.8 under the same ticker.
func TestATickerThatChangedItsCoinIsFoundByItsPrice(t *testing.T) {
	c := market(t, "litentry LIT: coingecko litentry, coinbase LIT-USD, kraken LIT/USD", "near NEAR: kraken NEAR/USD")
	want(t, CheckPrices(c, []Said{
		answering(t, c, "coingecko", "litentry 0.1181"),
		answering(t, c, "coinbase", "litentry 0.1180"),
		answering(t, c, "kraken", "litentry 2.81", "near 2.8"),
	}, today), `
wrong_coin mine.yaml:11: litentry: kraken LIT/USD: costs 2.81, the others 0.11805 (sources: 2): another coin, maybe near, which costs as much
      - {source: kraken, symbol: LIT/USD, to: 2025-08-03}
`)
}

func TestTwoSwappedNamesAreBothFound(t *testing.T) {
	c := market(t, "gensyn AI: coingecko sleepless-ai, kraken AI/USD, coinbase AI-USD", "sleepless-ai AI: coingecko gensyn, gate AI_USDT, binance AIUSDT")
	want(t, CheckPrices(c, []Said{
		answering(t, c, "coingecko", "gensyn 0.0712", "sleepless-ai 0.0305"),
		answering(t, c, "kraken", "gensyn 0.0306"), answering(t, c, "coinbase", "gensyn 0.0305"),
		answering(t, c, "gate", "sleepless-ai 0.0713 USDT"), answering(t, c, "binance", "sleepless-ai 0.0712 USDT"),
	}, today), `
wrong_coin mine.yaml:9: gensyn: coingecko sleepless-ai: costs 0.0712, the others 0.03055 (sources: 2): another coin, maybe sleepless-ai, which costs as much
      - {source: coingecko, symbol: sleepless-ai, to: 2025-08-03}
wrong_coin mine.yaml:17: sleepless-ai: coingecko gensyn: costs 0.0305, the others 0.07125 (sources: 2): another coin, maybe gensyn, which costs as much
      - {source: coingecko, symbol: gensyn, to: 2025-08-03}
`)
}

// Atheios cost 0.0006, Aethir 0.03.
func TestOfTwoThatDifferNobodyKnowsWhoIsWrong(t *testing.T) {
	c := market(t, "aethir ATH: coingecko aethir, defillama coingecko:aethir, kraken ATH/USD")
	want(t, CheckPrices(c, []Said{
		answering(t, c, "coingecko", "aethir 0.03"), answering(t, c, "defillama", "aethir 0.03"), answering(t, c, "kraken", "aethir 0.0006"),
	}, today), `
disputed mine.yaml:9: aethir: coingecko aethir: costs 0.03, of 0.0006, 0.03, and nobody can tell who means another coin
disputed mine.yaml:11: aethir: kraken ATH/USD: costs 0.0006, of 0.0006, 0.03, and nobody can tell who means another coin
`)
}

// DefiLlama says what CoinGecko says, so the two of them are one voice.
func TestADerivedSourceProvesNothing(t *testing.T) {
	c := market(t, "aethir ATH: coingecko aethir, defillama coingecko:aethir, kraken ATH/USD, gate ATH_USDT")
	got := CheckPrices(c, []Said{
		answering(t, c, "coingecko", "aethir 0.0006"), answering(t, c, "defillama", "aethir 0.0006"),
		answering(t, c, "kraken", "aethir 0.03"), answering(t, c, "gate", "aethir 0.0301 USDT"),
	}, today)
	if len(got) != 2 || got[0].Source != "coingecko" || got[1].Source != "defillama" || got[1].Kind != WrongCoin {
		t.Error(lines(got))
	}
}

// OCEAN, AGIX and LIT at Binance: 8,641 equal prices after their delisting, no volume.
func TestASymbolThatSettlesIsFound(t *testing.T) {
	c := market(t, "ocean-protocol OCEAN: binance OCEANUSDT, kraken OCEAN/USD", "near NEAR: binance NEARUSDT", "bitcoin BTC: binance BTCUSDT")
	want(t, CheckPrices(c, []Said{
		answering(t, c, "binance", "ocean-protocol 0.70700 USDT volume=0", "near 2.1 volume=1e6", "bitcoin 115000 volume=1e9"),
		answering(t, c, "kraken", "ocean-protocol 0.2911 26h"),
	}, today), `
frozen mine.yaml:9: ocean-protocol: binance OCEANUSDT: the market stands still, as of a symbol that settles or was delisted: nothing was traded in 24 hours, the price is 0.70700
      - {source: binance, symbol: OCEANUSDT, to: 2025-08-03}
frozen mine.yaml:10: ocean-protocol: kraken OCEAN/USD: the market stands still, as of a symbol that settles or was delisted: its newest price, 0.2911, is 26h0m0s old
      - {source: kraken, symbol: OCEAN/USD, to: 2025-08-03}
`)
}

func TestASourceWithoutVolumesHasNoDeadMarkets(t *testing.T) {
	c := market(t, "near NEAR: coinbase NEAR-USD", "bitcoin BTC: coinbase BTC-USD")
	if got := CheckPrices(c, []Said{answering(t, c, "coinbase", "near 2.1", "bitcoin 115000")}, today); len(got) > 0 {
		t.Error(lines(got))
	}
}

func TestANameThatASourceDoesNotKnowIsDead(t *testing.T) {
	c := market(t, "streamr DATA: kraken DATA/USD, binance DATAUSDT")
	said := []Said{answering(t, c, "kraken", "streamr missing not in the answer"), answering(t, c, "binance", "streamr missing price is null")}
	said[1].Answer.Missing[0].Malformed = true
	want(t, CheckPrices(c, said, today), `
dead mine.yaml:9: streamr: kraken DATA/USD: kraken has no price under that name: not in the answer
      - {source: kraken, symbol: DATA/USD, to: 2025-08-03}
no_price mine.yaml:10: streamr: binance DATAUSDT: binance gives no price: price is null
`)
}

// Tether itself says what a quote in USDT is worth, so a Tether of 0.90 is no reason to
// doubt anybody.
func TestATetherThatLostItsPegAccusesNobody(t *testing.T) {
	c := market(t, "tether USDT: kraken USDT/USD, coinbase USDT-USD", "near NEAR: kraken NEAR/USD, coinbase NEAR-USD, gate NEAR_USDT, okx NEAR-USDT, kucoin NEAR-USDT")
	if got := CheckPrices(c, []Said{
		answering(t, c, "kraken", "tether 0.90", "near 1.8"), answering(t, c, "coinbase", "tether 0.901", "near 1.801"),
		answering(t, c, "gate", "near 2 USDT"), answering(t, c, "okx", "near 2.001 USDT"), answering(t, c, "kucoin", "near 1.999 USDT"),
	}, today); len(got) > 0 {
		t.Error(lines(got))
	}
}

func recordedCoins(t *testing.T) []coingecko.Coin {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", "coins-list.json"))
	if err != nil {
		t.Fatal(err)
	}
	coins, err := coingecko.DecodeCoins(body)
	if err != nil {
		t.Fatal(err)
	}
	return coins
}

func TestVanishedIDsAndRenamedTickersAreFoundInTheListOfCoins(t *testing.T) {
	c := market(t,
		"sonm SNM: coingecko sonm", "render RNDR: coingecko render-token", "akash-network AKT: coingecko akash-network",
		"singularitynet ASI: coingecko artificial-superintelligence-alliance", "lit-protocol LIT: coingecko lit-protocol",
	)
	want(t, CheckCoins(c, recordedCoins(t), today), `
dead mine.yaml:9: sonm: coingecko sonm: CoinGecko lists no such id; with the ticker SNM there are snailmoon (SnailMoon)
      - {source: coingecko, symbol: sonm, to: 2025-08-03}
renamed mine.yaml:10: render: coingecko render-token: CoinGecko calls Render RENDER, the catalogue RNDR
      symbols: [{symbol: RNDR, to: 2025-08-03}, {symbol: RENDER, from: 2025-08-03}]
dead mine.yaml:27: singularitynet: coingecko artificial-superintelligence-alliance: CoinGecko lists no such id; with the ticker ASI there are altsignals (AltSignals), sender-ai (Sender AI)
      - {source: coingecko, symbol: artificial-superintelligence-alliance, to: 2025-08-03}
dead mine.yaml:33: lit-protocol: coingecko lit-protocol: CoinGecko lists no such id; with the ticker LIT there are lit (LIT), litentry (Litentry), timeless (Timeless)
      - {source: coingecko, symbol: lit-protocol, to: 2025-08-03}
`)
}

// What the catalogue says was listed on the day of the recording is in the recording.
func TestTheShippedCatalogueAgreesWithTheRecordedList(t *testing.T) {
	c, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range CheckCoins(c, recordedCoins(t), today) {
		t.Error(f)
	}
}

func TestAProposedLineIsRead(t *testing.T) {
	for _, l := range []layers.Listing{
		{Source: "kraken", Symbol: "LIT/USD"}, {Source: "defillama", Symbol: "coingecko:0x0"}, {Source: "okx", Symbol: "1234"},
		{Source: "gate", Symbol: "0G_USDT", Valid: layers.Span{From: today.AddDate(-1, 0, 0).Truncate(24 * time.Hour)}},
	} {
		text := "tokens:\n  - slug: a\n    name: A\n    benchmark: true\n    " + renamed([]layers.Symbol{{Symbol: "1e5"}}, "0X1", today) +
			"\n    listings:\n      " + ended(l, today) + "\n"
		c, err := layers.Parse("x.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		token, _ := c.Token("a")
		l.Token, l.Valid.To = "a", today.Truncate(24*time.Hour)
		if diff := cmp.Diff([]layers.Listing{l}, token.Listings); diff != "" || token.Symbol(today.AddDate(0, 0, 1)) != "0X1" {
			t.Errorf("%s%s", text, diff)
		}
	}
}

// Whatever the prices: of three or more sources the one that means another coin is found,
// and nobody else is.
func TestTheOneThatMeansAnotherCoinIsFoundAndNobodyElse(t *testing.T) {
	names := []string{"coinbase", "coingecko", "gate", "kraken", "kucoin", "okx"}
	c := market(t, "near NEAR: coinbase x, coingecko x, gate x, kraken x, kucoin x, okx x")
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(3, len(names)).Draw(r, "sources")
		liar := rapid.IntRange(-1, n-1).Draw(r, "liar")
		truth := rapid.Float64Range(1e-6, 1e5).Draw(r, "price")
		var said []Said
		for i, name := range names[:n] {
			price := truth * rapid.Float64Range(0.99, 1.01).Draw(r, "noise")
			if i == liar {
				price = truth * rapid.SampledFrom([]float64{0.001, 0.5, 0.9, 1.1, 2, 24, 1000}).Draw(r, "factor")
			}
			said = append(said, answering(t, c, name, fmt.Sprintf("near %.8g", price)))
		}
		found := CheckPrices(c, said, today)
		switch {
		case liar < 0 && len(found) > 0, liar >= 0 && (len(found) != 1 || found[0].Source != names[liar] || found[0].Kind != WrongCoin):
			r.Fatalf("liar %d: %s", liar, lines(found))
		}
	})
}
