package kraken

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"strata/collector"
	"strata/layers"
)

func recorded(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return body
	}
	r, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return body
}

// market is a Kraken with the pairs of the recording: it refuses a batch with one
// unknown pair and gives all pairs to who names none.
func market(t *testing.T) (server *httptest.Server, asked *[]string) {
	t.Helper()
	all := recorded(t, "ticker.json.gz")
	var book struct {
		Error  []string                   `json:"error"`
		Result map[string]json.RawMessage `json:"result"`
	}
	if err := json.Unmarshal(all, &book); err != nil {
		t.Fatal(err)
	}
	asked = new([]string)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		pairs := r.URL.Query().Get("pair")
		*asked = append(*asked, pairs)
		if r.URL.Path != "/0/public/Ticker" || r.URL.Query().Get("assetVersion") != "1" {
			t.Errorf("asked for %s", r.URL)
		}
		if pairs == "" {
			w.Write(all)
			return
		}
		answer := book
		answer.Result = map[string]json.RawMessage{}
		for pair := range strings.SplitSeq(pairs, ",") {
			if book.Result[pair] == nil {
				w.Write(recorded(t, "error-unknown-pair.json"))
				return
			}
			answer.Result[pair] = book.Result[pair]
		}
		json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(server.Close)
	return server, asked
}

func TestTheWholeBookOfJune2026GivesTheRightPriceOfEveryTokenAndOfNoOther(t *testing.T) {
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	// The same figures by another way: a plain map of what was recorded.
	var book struct {
		Result map[string]struct{ C []string }
	}
	if err := json.Unmarshal(recorded(t, "ticker.json.gz"), &book); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 6, 24, 15, 44, 2, 0, time.UTC)
	listings := catalogue.Listings(Name, at)
	server, asked := market(t)
	answer, err := New(Options{BaseURL: server.URL}).Latest(t.Context(), listings)
	if err != nil || len(answer.Missing) != 0 || len(answer.Quotes) != len(listings) || len(*asked) != 1 {
		t.Fatalf("%d listings in %d calls give %d quotes and miss %v: %v", len(listings), len(*asked), len(answer.Quotes), answer.Missing, err)
	}
	prices := map[string]string{}
	for i, q := range answer.Quotes {
		prices[q.Token] = q.Price.String()
		if want := book.Result[listings[i].Symbol].C[0]; q.Token != listings[i].Token || q.Price.String() != want || !q.Time.IsZero() {
			t.Errorf("%s is %+v, %s stands at %s", listings[i].Token, q, listings[i].Symbol, want)
		}
	}
	// 9699.90031 TAO at 218.95442165 on average are 2123836.0624 dollars.
	if i := slices.IndexFunc(answer.Quotes, func(q collector.Quote) bool { return q.Token == "bittensor" }); answer.Quotes[i].Volume.String() != "2123836.1" {
		t.Errorf("the turnover of TAO is %s, want %s", answer.Quotes[i].Volume, "2123836.1")
	}
	for token, want := range map[string]string{
		"bittensor": "215.79490000", "ocean-protocol": "0.0929000", "akash-network": "0.667000", "fetch-ai": "0.168900",
		"ethereum": "1624.64000", "bitcoin": "60520.00000", "gensyn": "0.023440000", "aethir": "0.004190000",
	} {
		if prices[token] != want {
			t.Errorf("%s costs %q, want %s", token, prices[token], want)
		}
	}
	// LIT/USD stands in the book at 0.1178 and was once a token of the catalogue; since
	// 23 December 2025 the ticker is another coin's.
	for _, token := range []string{"litentry", "lit-protocol"} {
		if prices[token] != "" {
			t.Errorf("%s has the price of another coin: %s", token, prices[token])
		}
	}
}

func TestOneUnknownPairDoesNotCostTheOthers(t *testing.T) {
	server, asked := market(t)
	client := New(Options{BaseURL: server.URL, Budget: collector.Budget{Calls: 100, Per: time.Second}})
	listings := []layers.Listing{
		{Token: "bittensor", Source: Name, Symbol: "TAO/USD"},
		{Token: "gone", Source: Name, Symbol: "GONE/USD"},
		{Token: "ocean-protocol", Source: Name, Symbol: "OCEAN/USD"},
	}
	for range 3 {
		answer, err := client.Latest(t.Context(), listings)
		if err != nil || len(answer.Quotes) != 2 || len(answer.Missing) != 1 || answer.Missing[0].Token != "gone" {
			t.Errorf("got %+v, %v", answer, err)
		}
	}
	// The unknown pair is found out once, and not asked for again so soon.
	want := []string{"TAO/USD,GONE/USD,OCEAN/USD", "", "TAO/USD,OCEAN/USD", "TAO/USD,OCEAN/USD"}
	if !slices.Equal(*asked, want) {
		t.Errorf("asked for %q, want %q", *asked, want)
	}
}

func TestEveryErrorOfKrakenIsToldApart(t *testing.T) {
	for body, kind := range map[string]collector.Kind{
		string(recorded(t, "error-rate-limit.json")):     collector.RateLimited,
		`<html><body>520 Web server error</body></html>`: collector.BadAnswer,
		`{"error":["EAPI:Rate limit exceeded"]}`:         collector.RateLimited,
		string(recorded(t, "error-unavailable.json")):    collector.Unavailable,
		`{"error":["EGeneral:Internal error"]}`:          collector.BadAnswer,
		`{"error":["EGeneral:Permission denied"]}`:       collector.Blocked,
		`{"result":{}}`:               collector.BadAnswer,
		`{"error":[]}`:                collector.BadAnswer,
		`{"error":[],"result":null}`:  collector.BadAnswer,
		`{"error":[],"result":[]}`:    collector.BadAnswer,
		`null`:                        collector.BadAnswer,
		`{"error":[],"result":{}} {}`: collector.BadAnswer,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, body)
		}))
		answer, err := New(Options{BaseURL: server.URL}).Latest(t.Context(), []layers.Listing{{Token: "bittensor", Symbol: "TAO/USD"}})
		server.Close()
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != kind || len(answer.Quotes) != 0 {
			t.Errorf("%s: %+v, %v, want %s", body, answer, err, kind)
		}
	}
}

func TestAWarningSpoilsNothing(t *testing.T) {
	body := `{"error":["WGeneral:Something to know"],"result":{"TAO/USD":{"c":["215.7","1"],"t":[1,2]}}}`
	answer, err := decodeTicker([]byte(body), []layers.Listing{{Token: "bittensor", Symbol: "TAO/USD"}})
	if err != nil || len(answer.Quotes) != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestWhatIsNoPriceOfALivingMarketIsMissing(t *testing.T) {
	for ticker, malformed := range map[string]bool{
		`{"c":["215.7","1"],"t":[0,0]}`:               false, // nobody traded for a day
		`{"c":[null,"1"],"t":[1,2]}`:                  false,
		`{"c":[215.7,"1"],"t":[1,2]}`:                 true,
		`{"c":["NaN","1"],"t":[1,2]}`:                 true,
		`{"c":["1e-400","1"],"t":[1,2]}`:              true,
		`{"c":[],"t":[1,2]}`:                          true,
		`{"c":"215.7","t":[1,2]}`:                     true,
		`{"c":["215.7","1"],"C":["1","1"],"t":[1,2]}`: true,
		`{"c":["215.7","1"]}`:                         true,
		`{"c":["215.7","1"],"t":["1","2"]}`:           true,
		`null`:                                        false,
	} {
		body := `{"error":[],"result":{"TAO/USD":` + ticker + `}}`
		answer, err := decodeTicker([]byte(body), []layers.Listing{{Token: "bittensor", Symbol: "TAO/USD"}})
		if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Malformed != malformed {
			t.Errorf("%s: %+v, %v, want it missing, malformed %v", ticker, answer, err, malformed)
		}
	}
}

func TestABodyCutAtAnyByteGivesNoOtherPrice(t *testing.T) {
	body := recorded(t, "ticker-one.json")
	listings := []layers.Listing{{Token: "bitcoin-cash", Symbol: "BCHEUR"}}
	whole, err := decodeTicker(body, listings)
	if err != nil || len(whole.Quotes) != 1 || whole.Quotes[0].Price.String() != "355.400000" {
		t.Fatalf("%+v, %v", whole, err)
	}
	for cut := range body {
		if answer, err := decodeTicker(body[:cut], listings); err == nil {
			t.Errorf("%s gives %+v", body[:cut], answer)
		}
	}
}

func FuzzDecodeTicker(f *testing.F) {
	f.Add(recorded(f, "ticker-one.json"))
	f.Add(recorded(f, "error-unknown-pair.json"))
	f.Add([]byte(`{"error":[],"result":{"BCHEUR":{"c":["-1"],"t":[1,2]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTicker(body, []layers.Listing{{Token: "bitcoin-cash", Symbol: "BCHEUR"}})
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
	})
}
