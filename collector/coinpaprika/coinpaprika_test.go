package coinpaprika

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/collector"
	"strata/layers"
)

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func btc() []layers.Listing {
	return []layers.Listing{{Token: "bitcoin", Source: Name, Symbol: "btc-bitcoin"}}
}

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheOfficialExampleGivesPriceTimeVolumeAndMarketValue(t *testing.T) {
	listings := append(btc(), layers.Listing{Token: "bittensor", Source: Name, Symbol: "tao-bittensor"})
	got, err := decodeTickers(recorded(t, "tickers.json"), listings)
	want := collector.Answer{
		Quotes: []collector.Quote{{
			Token: "bitcoin", Price: decimal(t, "5162.159413"), Time: time.Date(2018, 11, 14, 7, 20, 41, 0, time.UTC),
			Volume: decimal(t, "7304207700"), MarketCap: decimal(t, "91094433000"),
		}},
		Missing: []collector.Missing{{Token: "bittensor", Reason: "not in the answer"}},
	}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b layers.Decimal) bool { return a.Cmp(b) == 0 })); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestWhatIsNoDollarPriceWithATimeIsMissing(t *testing.T) {
	const at = `,"last_updated":"2018-11-14T07:20:41Z"`
	coin := func(fields string) string { return `[{"id":"btc-bitcoin"` + fields + `}]` }
	for body, malformed := range map[string]bool{
		`[]`:                                false,
		`[{"id":"eth-ethereum"},{},null,5]`: false,
		`[{"id":"BTC-bitcoin"}]`:            false,
		string(recorded(t, "tickers-simple.json")): true, // without a time
		coin(at):                                                                             true,
		coin(at + `,"quotes":null`):                                                          false,
		coin(at + `,"quotes":{"USD":null}`):                                                  false,
		coin(at + `,"quotes":{"BTC":{"price":1}}`):                                           true,
		coin(at + `,"quotes":{"USD":{"price":null}}`):                                        false,
		coin(at + `,"quotes":{"USD":{"price":"5162.1"}}`):                                    true,
		coin(at + `,"quotes":{"USD":{"price":1,"PRICE":2}}`):                                 true,
		coin(at + `,"quotes":{"USD":{"price":1e-400}}`):                                      true,
		coin(`,"last_updated":"yesterday","quotes":{"USD":{"price":1}}`):                     true,
		coin(`,"last_updated":1542180041,"quotes":{"USD":{"price":1}}`):                      true,
		coin(`,"quotes":{"USD":{"price":1}}`):                                                true,
		`[{"id":"btc-bitcoin"` + at + `,"quotes":{"USD":{"price":1}}},{"id":"btc-bitcoin"}]`: true,
		`[{"id":"btc-bitcoin","ID":"x"` + at + `,"quotes":{"USD":{"price":1}}}]`:             false,
	} {
		got, err := decodeTickers([]byte(body), btc())
		if err != nil || len(got.Quotes) != 0 || len(got.Missing) != 1 || got.Missing[0].Malformed != malformed {
			t.Errorf("%s\ngives %+v, %v, want it missing, malformed %v", body, got, err, malformed)
		}
	}
}

func TestAVolumeThatIsNoneDoesNotCostThePrice(t *testing.T) {
	body := `[{"id":"btc-bitcoin","last_updated":"2018-11-14T07:20:41Z","quotes":{"USD":{"price":1,"volume_24h":null,"market_cap":"5"}}}]`
	got, err := decodeTickers([]byte(body), btc())
	if err != nil || len(got.Quotes) != 1 || got.Quotes[0].Volume.IsPositive() || got.Quotes[0].MarketCap.IsPositive() {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestARefusalInsideAnAnswerIsAnErrorInItsOwnWords(t *testing.T) {
	for body, words := range map[string]string{
		string(recorded(t, "error-rate-limit.json")): "you have reached maximum request limit",
		string(recorded(t, "error-plan.json")):       "is not allowed in this plan",
		`null`:                                       "", `{}`: "", ``: "", `"[]"`: "", `[] []`: "", `<html></html>`: "",
	} {
		_, err := decodeTickers([]byte(body), btc())
		failure, ok := errors.AsType[*collector.Error](err)
		if !ok || failure.Kind != collector.BadAnswer || !strings.Contains(err.Error(), words) {
			t.Errorf("%s gives %v", body, err)
		}
	}
}

func TestABodyCutAtAnyByteIsAnError(t *testing.T) {
	body := recorded(t, "tickers.json")
	for cut := range body {
		if answer, err := decodeTickers(body[:cut], btc()); err == nil {
			t.Errorf("%s gives %+v", body[:cut], answer)
		}
	}
}

func TestAllCoinsTakeOneCall(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.String(); got != "/v1/tickers?quotes=USD" {
			t.Errorf("asked for %s", got)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "[")
		for i := range 2500 {
			fmt.Fprintf(w, `{"id":"c%d-coin","last_updated":"2026-11-14T07:20:41Z","quotes":{"USD":{"price":%d}}},`, i, i+1)
		}
		fmt.Fprint(w, "{}]")
	}))
	defer server.Close()
	var listings []layers.Listing
	for i := range 2500 {
		listings = append(listings, layers.Listing{Token: fmt.Sprint(i + 1), Symbol: fmt.Sprintf("c%d-coin", i)})
	}
	client := New(Options{BaseURL: server.URL + "/v1"})
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Quotes) != 2500 || client.Requests() != 1 {
		t.Fatalf("%d quotes in %d calls: %v", len(answer.Quotes), client.Requests(), err)
	}
	for _, q := range answer.Quotes {
		if q.Price.String() != q.Token {
			t.Errorf("%s costs %s", q.Token, q.Price)
		}
	}
	if answer, err := client.Latest(t.Context(), nil); err != nil || len(answer.Missing) != 0 || client.Requests() != 1 {
		t.Errorf("asked for nothing: %+v, %v, %d calls", answer, err, client.Requests())
	}
}

func TestAMonthOfCallsIsWithinThePlan(t *testing.T) {
	var source collector.Source = New(Options{})
	spaced, ok := source.(collector.Spaced)
	if !ok {
		t.Fatal("nobody is told how often to ask")
	}
	if month := 31 * 24 * time.Hour / spaced.Every(); month > 18_000 {
		t.Errorf("%d calls a month of the 20,000 that are granted leave none for restarts", month)
	}
}

func TestRefusalsAreToldApart(t *testing.T) {
	for status, test := range map[int]struct {
		file string
		kind collector.Kind
	}{
		400: {"error-parameters.json", collector.BadAnswer},
		402: {"error-plan.json", collector.Blocked},
		403: {"error-plan.json", collector.Blocked},
		404: {"error-not-found.json", collector.NotFound},
		429: {"error-rate-limit.json", collector.RateLimited},
		500: {"error-not-found.json", collector.Unavailable},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			w.Write(recorded(t, test.file))
		}))
		_, err := New(Options{BaseURL: server.URL}).Latest(t.Context(), btc())
		server.Close()
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != test.kind {
			t.Errorf("%d: %v, want %s", status, err, test.kind)
		}
	}
}

func FuzzDecodeTickers(f *testing.F) {
	f.Add(recorded(f, "tickers.json"))
	f.Add(recorded(f, "error-rate-limit.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTickers(body, btc())
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
	})
}
