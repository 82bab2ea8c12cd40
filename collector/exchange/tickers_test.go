package exchange

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/collector"
	"strata/layers"
)

var plain = Tickers{Symbol: "pair", Last: "last", Volume: "base", Turnover: "quote", Time: "ts", Separator: "-"}

func listings(symbols ...string) []layers.Listing {
	var all []layers.Listing
	for _, s := range symbols {
		all = append(all, layers.Listing{Token: strings.ToLower(s), Source: "fake", Symbol: s})
	}
	return all
}

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestATickerGivesPriceCurrencyTurnoverAndTime(t *testing.T) {
	answer, err := plain.Read([]byte(`[
		{"pair":"A-USDT","last":"0.0707000","base":"10","quote":"0.707","ts":"1672863560203","bid":"9"},
		{"pair":"B-USD","last":"115730.07","base":"1e-3","quote":"115.73007","ts":1672863560203},
		{"pair":"C-USDT","last":"2","base":"656614.08458205890000001","quote":"1602221.66468375534639404191","ts":"1672863560203"},
		{"pair":"D-USDT","last":"2","base":"1","ts":"1672863560203"},
		{"pair":"E-USDT","last":"2","base":"1","quote":"5000000000000000000000.55","ts":"1672863560203"}]`),
		listings("A-USDT", "B-USD", "C-USDT", "D-USDT", "E-USDT"))
	at := time.Date(2023, 1, 4, 20, 19, 20, 203e6, time.UTC)
	want := []collector.Quote{
		{Token: "a-usdt", Price: decimal(t, "0.0707000"), Currency: "USDT", Volume: decimal(t, "0.707"), Time: at},
		{Token: "b-usd", Price: decimal(t, "115730.07"), Currency: "USD", Volume: decimal(t, "115.73007"), Time: at},
		{Token: "c-usdt", Price: decimal(t, "2"), Currency: "USDT", Volume: decimal(t, "1602221.7"), Time: at},
		{Token: "d-usdt", Price: decimal(t, "2"), Currency: "USDT", Time: at},
		{Token: "e-usdt", Price: decimal(t, "2"), Currency: "USDT", Volume: decimal(t, "5e21"), Time: at},
	}
	if diff := cmp.Diff(want, answer.Quotes); err != nil || diff != "" || len(answer.Missing) != 0 {
		t.Errorf("%v, missing %+v, quotes differ (-want +got):\n%s", err, answer.Missing, diff)
	}
}

func TestWhatIsNoPriceOfALivingMarketIsMissing(t *testing.T) {
	for ticker, malformed := range map[string]bool{
		`{"pair":"A-USDT","last":"","base":"1","ts":"1"}`:                       false, // an order book and no trade yet
		`{"pair":"A-USDT","last":null,"base":"1","ts":"1"}`:                     false,
		`{"pair":"A-USDT","last":"0","base":"1","ts":"1"}`:                      false,
		`{"pair":"A-USDT","last":"0.00000000","base":"1","ts":"1"}`:             false,
		`{"pair":"A-USDT","bid":"1","ask":"2","base":"1","ts":"1"}`:             false,
		`{"pair":"A-USDT","last":"5","base":"0","ts":"1"}`:                      false, // halted, and still quoted
		`{"pair":"A-USDT","last":"5","base":null,"ts":"1"}`:                     false,
		`{"pair":"B-USDT","last":"5","base":"1","ts":"1"}`:                      false,
		`{"pair":"A-USDT","last":5,"base":"1","ts":"1"}`:                        true,
		`{"pair":"A-USDT","last":"5,0","base":"1","ts":"1"}`:                    true,
		`{"pair":"A-USDT","last":"NaN","base":"1","ts":"1"}`:                    true,
		`{"pair":"A-USDT","last":"0x5","base":"1","ts":"1"}`:                    true,
		`{"pair":"A-USDT","last":"1e-400","base":"1","ts":"1"}`:                 true,
		`{"pair":"A-USDT","last":"5","LAST":"6","base":"1","ts":"1"}`:           true,
		`{"pair":"A-USDT","last":"5","last":"6","base":"1","ts":"1"}`:           true,
		`{"pair":"A-USDT","last":"5","base":"much","ts":"1"}`:                   true,
		`{"pair":"A-USDT","last":"5","base":"9999999999999999999999","ts":"1"}`: true,
		`{"pair":"A-USDT","last":"5","ts":"1"}`:                                 true,
		`{"pair":"A-USDT","last":"5","base":"1"}`:                               true,
		`{"pair":"A-USDT","last":"5","base":"1","ts":"now"}`:                    true,
		`{"pair":"A-USDT","last":"5","base":"1","ts":1.5}`:                      true,
		`{"Pair":"A-USDT","last":"5","base":"1","ts":"1"}`:                      true,
		`["A-USDT","5"]`: true,
		`null`:           true,
	} {
		answer, err := plain.Read([]byte("["+ticker+"]"), listings("A-USDT"))
		if err != nil || len(answer.Quotes) != 0 || len(answer.Missing) != 1 || answer.Missing[0].Malformed != malformed {
			t.Errorf("%s: %+v, %v, want it missing, malformed %v", ticker, answer, err, malformed)
		}
	}
}

func TestAMarketThatStandsThereTwiceHasNoPrice(t *testing.T) {
	body := `[{"pair":"A-USDT","last":"5","base":"1","ts":"1"},{"pair":"B-USDT","last":"6","base":"1","ts":"1"},{"pair":"A-USDT","last":"5","base":"1","ts":"1"}]`
	answer, err := plain.Read([]byte(body), listings("A-USDT", "B-USDT"))
	if err != nil || len(answer.Quotes) != 1 || answer.Quotes[0].Token != "b-usdt" || len(answer.Missing) != 1 || !answer.Missing[0].Malformed {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestOnlyUSDAndUSDTAreUnderstood(t *testing.T) {
	for symbol, want := range map[string]string{
		"A-USD": "USD", "A-USDT": "USDT", "A-B-USDT": "USDT", "A-USDC": "", "A-usdt": "", "-USDT": "", "AUSDT": "", "A-": "", "": "",
	} {
		if got, err := Currency(symbol, "-"); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is quoted in %q, %v, want %q", symbol, got, err, want)
		}
	}
	for symbol, want := range map[string]string{"AUSDT": "USDT", "ATUSD": "", "AFDUSD": "", "AUSD": "", "AUSDC": "", "USDT": "", "": ""} {
		if got, err := Currency(symbol, ""); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is quoted in %q, %v, want %q", symbol, got, err, want)
		}
	}
	answer, err := plain.Read([]byte(`[{"pair":"A-USDC","last":"5","base":"1","ts":"1"}]`), listings("A-USDC"))
	if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Malformed || answer.Missing[0].Reason != "not quoted in USD or USDT: A-USDC" {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestEveryListingHasOneOutcomeAndEveryQuoteItsOwnPrice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		symbols := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-Z]{1,4}-USDT`), 1, 8, rapid.ID).Draw(t, "symbols")
		prices := map[string]string{}
		var rows []string
		for _, s := range symbols[:rapid.IntRange(0, len(symbols)).Draw(t, "known")] {
			prices[s] = fmt.Sprintf("%d.%04d", rapid.IntRange(1, 1e6).Draw(t, "whole"), rapid.IntRange(0, 9999).Draw(t, "fraction"))
			rows = append(rows, fmt.Sprintf(`{"last":%q,"base":"1","ts":"1","pair":%q}`, prices[s], s))
		}
		rows = rapid.Permutation(rows).Draw(t, "rows")
		answer, err := plain.Read([]byte("["+strings.Join(rows, ",")+"]"), listings(symbols...))
		if err != nil || len(answer.Quotes) != len(prices) || len(answer.Missing) != len(symbols)-len(prices) {
			t.Fatalf("%d of %d known: %+v, %v", len(prices), len(symbols), answer, err)
		}
		for _, q := range answer.Quotes {
			if want := prices[strings.ToUpper(q.Token)]; q.Price.String() != want {
				t.Errorf("%s costs %s, want %s", q.Token, q.Price, want)
			}
		}
	})
}

func FuzzTickers(f *testing.F) {
	f.Add([]byte(`[{"pair":"A-USDT","last":"5","base":"1","quote":"5","ts":"1672863560203"}]`))
	f.Add([]byte(`[{"pair":"A-USDT"},{"pair":"A-USDT","last":"-5"},null,[1]]`))
	f.Add([]byte(`{"code":"1"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := plain.Read(body, listings("A-USDT"))
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 || err != nil && n != 0 {
			t.Errorf("one listing, %d outcomes, %v", n, err)
		}
		if len(answer.Quotes) == 0 {
			return
		}
		// The same by another way: the last members win there, so it may see more, never else.
		var rows []map[string]any
		if json.Unmarshal(body, &rows) != nil {
			return // a row of another kind, which was passed over
		}
		for _, row := range rows {
			if row["pair"] == "A-USDT" && row["last"] != nil {
				if d, err := layers.ParseDecimal(fmt.Sprint(row["last"])); err != nil || d.Cmp(answer.Quotes[0].Price) != 0 {
					t.Errorf("price %s, encoding/json reads %v", answer.Quotes[0].Price, row["last"])
				}
			}
		}
	})
}
