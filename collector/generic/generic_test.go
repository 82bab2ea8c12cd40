package generic

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func create(t testing.TB, opts Options) *Client {
	t.Helper()
	opts.Name = "example"
	if opts.Budget == (collector.Budget{}) {
		opts.Budget = collector.Budget{Calls: 1000, Per: time.Second}
	}
	client, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

// places are sources of which there is a package or a recorded answer, described.
func places() map[string]Options {
	return map[string]Options{
		"okx.json": {
			URL: "https://www.okx.com/api/v5/market/tickers?instType=SPOT", Symbols: map[string]string{"token": "BCD-BTC", "other": "TAO-USDT"},
			Price: "data[instId={symbol}].last", Time: "data[instId={symbol}].ts", TimeUnit: Milliseconds, Volume: "data[instId={symbol}].volCcy24h",
			Number: AsString, Currency: collector.USDT,
		},
		"coinpaprika.json": {
			URL: "https://api.coinpaprika.com/v1/tickers", Symbols: map[string]string{"token": "btc-bitcoin", "other": "tao-bittensor"},
			Price: "[id={symbol}].quotes.USD.price", Time: "[id={symbol}].last_updated", TimeUnit: RFC3339, Volume: "[id={symbol}].quotes.USD.volume_24h", Number: AsNumber,
		},
		"kraken.json": {
			URL: "https://api.kraken.com/0/public/Ticker?pair={symbols}", Symbols: map[string]string{"token": "BCHEUR", "other": "TAO.USD"},
			Price: "result.{symbol}.c[0]",
		},
		"coingecko.json": {
			URL: "https://api.coingecko.com/api/v3/simple/price?ids={symbols}&vs_currencies=usd", Symbols: map[string]string{"token": "bitcoin", "other": "bittensor"},
			Price: "{symbol}.usd", Time: "{symbol}.last_updated_at", TimeUnit: Seconds, Volume: "{symbol}.usd_24h_vol",
		},
		"coinbase.json": {
			URL: "https://api.exchange.coinbase.com/products/{symbol}/ticker", Symbols: map[string]string{"token": "BTC-USD"},
			Price: "price", Time: "time", TimeUnit: RFC3339, Number: AsString,
		},
		"binance.json": {
			URL: "https://fapi.binance.com/fapi/v1/ticker/price?symbol={symbol}", Symbols: map[string]string{"token": "BTCUSDT"},
			Price: "price", Time: "time", TimeUnit: Milliseconds,
		},
	}
}

func TestRecordedAnswersOfSixPlacesAreReadByDescription(t *testing.T) {
	for file, want := range map[string]collector.Quote{
		"okx.json":         {Price: decimal(t, "0.0000769"), Currency: collector.USDT, Time: time.UnixMilli(1621441741434).UTC(), Volume: decimal(t, "9.2877")},
		"coinpaprika.json": {Price: decimal(t, "5162.15941296"), Time: time.Date(2018, 11, 14, 7, 20, 41, 0, time.UTC), Volume: decimal(t, "7304207700")},
		"kraken.json":      {Price: decimal(t, "355.400000")},
		"coingecko.json":   {Price: decimal(t, "76975"), Time: time.Unix(1779092258, 0).UTC(), Volume: decimal(t, "29096603000")},
		"coinbase.json":    {Price: decimal(t, "115730.07"), Time: time.Date(2025, 8, 18, 5, 57, 56, 350973000, time.UTC)},
		"binance.json":     {Price: decimal(t, "11492.32"), Time: time.UnixMilli(1602820249252).UTC()},
	} {
		client := create(t, places()[file])
		answer, err := client.decode(recorded(t, file), client.Listings())
		if err != nil || len(answer.Quotes) != 1 || len(answer.Missing) != len(client.Listings())-1 {
			t.Errorf("%s: %+v, %v", file, answer, err)
			continue
		}
		want.Token = "token"
		if diff := cmp.Diff(want, answer.Quotes[0], cmp.Comparer(func(a, b layers.Decimal) bool { return a.Cmp(b) == 0 })); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
		for _, m := range answer.Missing {
			if m.Token != "other" || m.Malformed || !strings.Contains(m.Reason, "not in the answer") {
				t.Errorf("%s: %+v", file, m)
			}
		}
	}
}

func TestACutBodyIsAnError(t *testing.T) {
	for file, opts := range places() {
		client, body := create(t, opts), recorded(t, file)
		for cut := range strings.TrimRight(string(body), "\n ") {
			if answer, err := client.decode(body[:cut], client.Listings()); err == nil {
				t.Errorf("%s gives %+v", body[:cut], answer)
			}
		}
	}
}

func TestWhatIsNotThereOrNoNumberIsMissingWithAReason(t *testing.T) {
	for _, c := range []struct {
		path, body string
		malformed  bool
		reason     string
	}{
		{"a.{symbol}.p", `{"a":{}}`, false, "not in the answer"},
		{"a.{symbol}.p", `{"a":{"X":{}}}`, true, "there is no such key"},
		{"a.{symbol}.p", `{"b":{}}`, true, "there is no such key"},
		{"a.{symbol}.p", `{"a":{"x":{"p":1}}}`, false, "not in the answer"}, // symbols are not folded
		{"a.{symbol}.p", `{"a":{"X":{"p":1,"P":2}}}`, true, "twice"},
		{"a.{symbol}.p", `{"a":{"X":{"p":1},"X":{"p":2}}}`, true, "twice"},
		{"a.{symbol}.p", `{"a":null}`, false, "null"},
		{"a.{symbol}.p", `{"a":{"X":{"p":null}}}`, false, "null"},
		{"a.{symbol}.p", `{"a":{"X":{"p":{}}}}`, true, "no number"},
		{"a.{symbol}.p", `{"a":{"X":{"p":true}}}`, true, "no number"},
		{"a.{symbol}.p", `{"a":{"X":{"p":"NaN"}}}`, true, "not a decimal number"},
		{"a.{symbol}.p", `{"a":{"X":{"p":"1,234.5"}}}`, true, "not a decimal number"},
		{"a.{symbol}.p", `{"a":{"X":{"p":1e-400}}}`, true, "out of range"},
		{"{symbol}[2]", `{"X":[1,2]}`, true, "there are 2 elements"},
		{"{symbol}[0]", `{"X":[]}`, true, "there are 0 elements"},
		{"{symbol}[0]", `{"X":{"0":1}}`, true, "expected"},
		{"[s={symbol}].p", `[]`, false, "not in the answer"},
		{"[s={symbol}].p", `{}`, true, "expected"},
		{"[s={symbol}].p", `[{"s":"X","p":1},{"s":"X","p":2}]`, true, "2 elements match"},
		{"[s={symbol}].p", `[{"s":"X","S":"Y","p":1}]`, false, "not in the answer"},
		{"[s={symbol}].p", `[null,5,"X",{"p":1},{"s":null,"p":1}]`, false, "not in the answer"},
		{"p", `{"error":"rate limit"}`, true, "there is no such key"},
		{"p", `5`, true, "expected"},
	} {
		client := create(t, Options{URL: "https://example.com/", Price: c.path, Symbols: map[string]string{"x": "X"}})
		answer, err := client.decode([]byte(c.body), client.Listings())
		if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Malformed != c.malformed || !strings.Contains(answer.Missing[0].Reason, c.reason) {
			t.Errorf("%s in %s: %+v, %v, want it missing, malformed %v, because %s", c.path, c.body, answer, err, c.malformed, c.reason)
		}
	}
}

func TestNumbersAreReadAsDeclared(t *testing.T) {
	for _, c := range []struct {
		number, text string
		ok           bool
	}{
		{"", `1.50`, true}, {"", `"1.50"`, true}, {AsNumber, `1.50`, true}, {AsNumber, `"1.50"`, false}, {AsString, `"1.50"`, true}, {AsString, `1.50`, false},
	} {
		client := create(t, Options{URL: "https://example.com/", Price: "p", Number: c.number, Symbols: map[string]string{"x": "X"}})
		answer, err := client.decode([]byte(`{"p":`+c.text+`}`), client.Listings())
		if ok := len(answer.Quotes) == 1 && answer.Quotes[0].Price.String() == "1.50"; err != nil || ok != c.ok {
			t.Errorf("%s declared %q: %+v, %v", c.text, c.number, answer, err)
		}
	}
}

func TestTimesAreReadInTheirUnitOrNotAtAll(t *testing.T) {
	for _, c := range []struct{ unit, text, want string }{
		{Seconds, `1779092258`, "2026-05-18T08:17:38Z"},
		{Seconds, `"1779092258"`, "2026-05-18T08:17:38Z"},
		{Seconds, `1779092258.25`, "2026-05-18T08:17:38.25Z"},
		{Milliseconds, `1779092258250`, "2026-05-18T08:17:38.25Z"},
		{RFC3339, `"2026-05-18T17:17:38+09:00"`, "2026-05-18T08:17:38Z"},
		{Seconds, `1779092258250`, ""}, {Milliseconds, `1779092258`, ""}, {Seconds, `0`, ""}, {Seconds, `-5`, ""}, {Seconds, `1e40`, ""},
		{Milliseconds, `1779092258250000`, ""}, {RFC3339, `1779092258`, ""}, {RFC3339, `"yesterday"`, ""}, {Seconds, `null`, ""}, {Seconds, `"now"`, ""},
	} {
		client := create(t, Options{URL: "https://example.com/", Price: "p", Time: "t", TimeUnit: c.unit, Symbols: map[string]string{"x": "X"}})
		answer, err := client.decode([]byte(`{"p":1,"t":`+c.text+`}`), client.Listings())
		got := ""
		if len(answer.Quotes) == 1 {
			got = answer.Quotes[0].Time.Format(time.RFC3339Nano)
		}
		if err != nil || got != c.want {
			t.Errorf("%s in %s is %q, want %q: %+v, %v", c.text, c.unit, got, c.want, answer.Missing, err)
		}
	}
}

func TestCallsAreMadeAsTheURLSays(t *testing.T) {
	symbols := map[string]string{"a": "A/USD", "b": "B&C=1", "c": "ç,?", "d": "D"}
	for _, c := range []struct {
		url, price string
		batch      int
		want       []string
	}{
		{"/all", "{symbol}", 0, []string{"/all"}},
		{"/v1/prices?ids={symbols}&vs=usd", "{symbol}", 0, []string{"/v1/prices?ids=A%2FUSD%2CB%26C%3D1%2C%C3%A7%2C%3F%2CD&vs=usd"}},
		{"/v1/prices?ids={symbols}", "{symbol}", 2, []string{"/v1/prices?ids=A%2FUSD%2CB%26C%3D1", "/v1/prices?ids=%C3%A7%2C%3F%2CD"}},
		{"/v1/{symbols}/price", "{symbol}", 0, []string{"/v1/A%2FUSD,B&C=1,%C3%A7%2C%3F,D/price"}},
		{"/v1/{symbol}/price?key=1", "p", 0, []string{"/v1/%C3%A7%2C%3F/price?key=1", "/v1/A%2FUSD/price?key=1", "/v1/B&C=1/price?key=1", "/v1/D/price?key=1"}},
		{"/v1?pair={symbol}", "p", 0, []string{"/v1?pair=%C3%A7%2C%3F", "/v1?pair=A%2FUSD", "/v1?pair=B%26C%3D1", "/v1?pair=D"}},
	} {
		var mu sync.Mutex
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, r.RequestURI)
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"A/USD":1,"B&C=1":1,"ç,?":1,"D":1,"p":1}`)
		}))
		client := create(t, Options{URL: server.URL + c.url, Price: c.price, Batch: c.batch, Symbols: symbols})
		answer, err := client.Latest(t.Context(), client.Listings())
		server.Close()
		if err != nil || len(answer.Quotes) != 4 || int(client.Requests()) != len(c.want) {
			t.Errorf("%s: %+v, %v", c.url, answer, err)
		}
		if diff := cmp.Diff(c.want, asked, sorted()); diff != "" {
			t.Errorf("%s: %s", c.url, diff)
		}
	}
}

func TestRefusalsAreToldApartAndHoldNoKey(t *testing.T) {
	const canary = "canary-4711"
	for status, kind := range map[int]collector.Kind{
		401: collector.Blocked, 402: collector.Blocked, 403: collector.Blocked, 404: collector.NotFound, 429: collector.RateLimited, 451: collector.Blocked, 500: collector.Unavailable,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Api-Key") != canary {
				t.Error("the key was not sent")
			}
			w.WriteHeader(status)
		}))
		client := create(t, Options{
			URL: server.URL + "/all", Header: map[string]string{"X-Api-Key": canary}, Price: "{symbol}", Symbols: map[string]string{"a": "A", "b": "B"},
		})
		_, err := client.Latest(t.Context(), client.Listings())
		server.Close()
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != kind || strings.Contains(fmt.Sprintf("%v %+v", err, failure), canary) {
			t.Errorf("%d: %v, want %s", status, err, kind)
		}
	}
}

func TestAnUnknownSymbolOfItsOwnCallIsMissingAndNoMore(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "GONE") {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, `{"p":1}`)
	}))
	defer server.Close()
	client := create(t, Options{URL: server.URL + "/{symbol}", Price: "p", Symbols: map[string]string{"a": "A", "gone": "GONE"}})
	answer, err := client.Latest(t.Context(), client.Listings())
	if err != nil || len(answer.Quotes) != 1 || len(answer.Missing) != 1 || answer.Missing[0] != (collector.Missing{Token: "gone", Reason: "not found"}) {
		t.Errorf("%+v, %v", answer, err)
	}
}

func FuzzDecode(f *testing.F) {
	for file := range places() {
		f.Add(file, recorded(f, file))
	}
	f.Fuzz(func(t *testing.T, file string, body []byte) {
		opts, ok := places()[file]
		if !ok {
			return
		}
		client := create(t, opts)
		answer, err := client.decode(body, client.Listings())
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != len(client.Listings()) {
			t.Errorf("%d listings, %d outcomes", len(client.Listings()), n)
		}
	})
}
