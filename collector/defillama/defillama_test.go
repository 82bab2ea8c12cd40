package defillama

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

func listing(token, id string) layers.Listing {
	return layers.Listing{Token: token, Source: Name, Symbol: id}
}

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

const husd = "ethereum:0xdF574c24545E5FfEcb9a659c229253D4111d87e1"

func TestRecordedPricesBelongToTheirCoins(t *testing.T) {
	got, err := decodeLatest(recorded(t, "current.json"), []layers.Listing{
		listing("chainlink", "coingecko:chainlink"), listing("bittensor", "coingecko:bittensor"), listing("arbitrum", "coingecko:arbitrum"),
	})
	want := collector.Answer{
		Quotes: []collector.Quote{
			{Token: "chainlink", Price: decimal(t, "17.22"), Time: time.Date(2025, 3, 6, 15, 56, 55, 0, time.UTC)},
			{Token: "arbitrum", Price: decimal(t, "0.415488"), Time: time.Date(2025, 3, 6, 15, 57, 3, 0, time.UTC)},
		},
		Missing: []collector.Missing{{Token: "bittensor", Reason: "not in the answer"}},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
	for file, test := range map[string]struct{ id, price string }{
		"current-stable.json":     {"coingecko:tether", "1"},
		"current-least.json":      {"solana:9BEcn9aPEmhSPbPQeFGjidRiEKki46fVQDyPpSQXPA2D", "1.038069402"},
		"without-confidence.json": {"coingecko:binancecoin", "26.76546977"},
	} {
		got, err := decodeLatest(recorded(t, file), []layers.Listing{listing("token", test.id)})
		if err != nil || len(got.Quotes) != 1 || got.Quotes[0].Price.String() != test.price {
			t.Errorf("%s: %+v, %v, want %s", file, got, err, test.price)
		}
	}
}

func TestWhatIsNoPriceWithATimeIsMissing(t *testing.T) {
	coin := func(fields string) string { return `{"coins":{"` + husd + `":` + fields + `}}` }
	for body, malformed := range map[string]bool{
		string(recorded(t, "current-unknown.json")):  false,
		string(recorded(t, "current-official.json")): true, // its time is 0.99
		coin(`null`):                                           false,
		coin(`{"price":null,"timestamp":1}`):                   false,
		coin(`{"price":1,"timestamp":1,"confidence":0.5}`):     false,
		coin(`{"price":1,"timestamp":1,"confidence":0.89}`):    false,
		coin(`{"price":1,"timestamp":1,"confidence":"0.99"}`):  true,
		coin(`{"price":"1","timestamp":1,"confidence":0.99}`):  true,
		coin(`{"price":1,"confidence":0.99}`):                  true,
		coin(`{"price":1,"timestamp":"1","confidence":0.99}`):  true,
		coin(`{"price":1,"Price":2,"timestamp":1}`):            true,
		coin(`{"price":1e-400,"timestamp":1}`):                 true,
		coin(`[]`):                                             true,
		coin(`{}`):                                             true,
		strings.ToLower(coin(`{"price":1,"timestamp":1}`)):     false, // another coin, for all we know
		`{"coins":{}}`:                                         false,
		`{"coins":{"coingecko:x":{"price":1,"timestamp":2}}}`:  false,
		`{"coins":{"` + husd[:9] + `":{"price":1}},"extra":1}`: false,
	} {
		got, err := decodeLatest([]byte(body), []layers.Listing{listing("husd", husd)})
		if err != nil || len(got.Quotes) != 0 || len(got.Missing) != 1 || got.Missing[0].Malformed != malformed {
			t.Errorf("%s\ngives %+v, %v, want it missing, malformed %v", body, got, err, malformed)
		}
	}
}

func TestWhatHasNoCoinsIsAnError(t *testing.T) {
	for _, body := range []string{
		``, `null`, `[]`, `{}`, `{"coins":null}`, `{"coins":[]}`, `{"message":"Internal server error"}`, `<html></html>`,
		`{"coins":{}} {}`, `{"coins":{},"Coins":{}}`, `{"coins":{"a":{},"a":{}}}`,
	} {
		_, latest := decodeLatest([]byte(body), []layers.Listing{listing("husd", husd)})
		_, chart := decodeChart([]byte(body), []layers.Listing{listing("husd", husd)}, layers.Span{})
		for _, err := range []error{latest, chart} {
			if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.BadAnswer {
				t.Errorf("%s gives %v", body, err)
			}
		}
	}
}

func TestTheOfficialChartGivesItsPoint(t *testing.T) {
	past, err := decodeChart(recorded(t, "chart-official.json"), []layers.Listing{listing("husd", husd), listing("bittensor", "coingecko:bittensor")}, layers.Span{})
	want := collector.Past{
		Currency: collector.USD,
		Samples:  []layers.Sample{{Token: "husd", Source: Name, Time: time.Unix(1666790570, 0).UTC(), Price: decimal(t, "0.984519")}},
		Missing:  []collector.Missing{{Token: "bittensor", Reason: "not in the answer"}},
	}
	if diff := cmp.Diff(want, past); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestAChartIsPutInOrderAndRidOfHoles(t *testing.T) {
	point := func(at int, price string) string { return fmt.Sprintf(`{"timestamp":%d,"price":%s}`, at, price) }
	body := `{"coins":{"a":{"prices":[` + strings.Join([]string{
		point(40, "4"), point(20, "null"), point(30, "3"), point(30, "9"), point(50, "0"), point(60, "-1"), point(10, "1"), point(41, "9"),
	}, ",") + `]},"b":{"prices":[{"timestamp":10,"price":"1"}]},"c":{"confidence":0.2,"prices":[` + point(10, "1") + `]},"d":{"prices":[]}}}`
	listings := []layers.Listing{listing("a", "a"), listing("b", "b"), listing("c", "c"), listing("d", "d")}
	past, err := decodeChart([]byte(body), listings, layers.Span{From: time.Unix(10, 0), To: time.Unix(40, 0)})
	var got []string
	for _, s := range past.Samples {
		got = append(got, fmt.Sprint(s.Token, s.Time.Unix(), "=", s.Price))
	}
	for _, m := range past.Missing {
		got = append(got, fmt.Sprint(m.Token, " ", m.Malformed))
	}
	if diff := cmp.Diff([]string{"a10=1", "a30=3", "a40=4", "b true", "c false", "d false"}, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestABodyCutAtAnyByteIsAnError(t *testing.T) {
	latest, chart := recorded(t, "current.json"), recorded(t, "chart-official.json")
	for cut := range latest {
		if answer, err := decodeLatest(latest[:cut], []layers.Listing{listing("dai", "coingecko:dai")}); err == nil {
			t.Errorf("%s gives %+v", latest[:cut], answer)
		}
	}
	for cut := range chart {
		if past, err := decodeChart(chart[:cut], []layers.Listing{listing("husd", husd)}, layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", chart[:cut], past)
		}
	}
}

func TestURLsStayShortAndEveryCoinIsAskedForOnce(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	longest := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		longest = max(longest, len(r.RequestURI))
		w.Header().Set("Content-Type", "application/json")
		var coins []string
		for id := range strings.SplitSeq(strings.TrimPrefix(r.URL.Path, "/prices/current/"), ",") {
			asked[id]++
			coins = append(coins, fmt.Sprintf(`"%s":{"price":1,"timestamp":1775058956,"confidence":0.99}`, id))
		}
		fmt.Fprintf(w, `{"coins":{%s}}`, strings.Join(coins, ","))
	}))
	defer server.Close()
	var listings []layers.Listing
	for i := range 250 {
		listings = append(listings, listing(fmt.Sprint("short-", i), fmt.Sprint("coingecko:coin-", i)),
			listing(fmt.Sprint("long-", i), fmt.Sprint("coingecko:"+strings.Repeat("long-", 20), i)))
	}
	client := New(Options{BaseURL: server.URL, Budget: collector.Budget{Calls: 100, Per: time.Second}})
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Quotes) != 500 || len(asked) != 500 || longest > 8<<10 || client.Requests() < 5 {
		t.Errorf("%d quotes of %d coins in %d calls of up to %d bytes: %v", len(answer.Quotes), len(asked), client.Requests(), longest, err)
	}
}

func TestAChartIsAskedForInAtMostFiveHundredPoints(t *testing.T) {
	from := time.Unix(1750000000, 0)
	for _, reach := range new(Client).Reaches() {
		listings := []layers.Listing{listing("a", "coingecko:a"), listing("b", "chain:0x/b")}[:reach.Batch]
		path, query := chartRequest(listings, reach.Interval, layers.Span{From: from, To: from.Add(reach.Call)})
		want := map[time.Duration]string{
			5 * time.Minute: "period=5m&searchWidth=150&span=250&start=1750000000",
			time.Hour:       "period=1h&searchWidth=1800&span=250&start=1750000000",
			24 * time.Hour:  "period=1d&searchWidth=43200&span=250&start=1750000000",
		}[reach.Interval]
		if path != "/chart/coingecko:a,chain:0x%2Fb" || query.Encode() != want {
			t.Errorf("%s: %s?%s, want %s", reach.Interval, path, query.Encode(), want)
		}
	}
	_, query := chartRequest([]layers.Listing{listing("a", "a")}, time.Hour, layers.Span{From: from, To: from.Add(90 * time.Minute)})
	if query.Get("span") != "2" {
		t.Errorf("an hour and a half in hours is %s points", query.Get("span"))
	}
}

func TestTheClientReadsAChartAndTellsRefusalsApart(t *testing.T) {
	for status, kind := range map[int]collector.Kind{
		200: "", 402: collector.Blocked, 403: collector.Blocked, 404: collector.NotFound, 429: collector.RateLimited, 502: collector.Unavailable,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			if status == 200 {
				w.Write(recorded(t, "chart-official.json"))
			}
		}))
		span := layers.Span{From: time.Unix(1666790000, 0), To: time.Unix(1666791000, 0)}
		past, err := New(Options{BaseURL: server.URL}).History(t.Context(), []layers.Listing{listing("husd", husd)}, 5*time.Minute, span)
		server.Close()
		failure, _ := errors.AsType[*collector.Error](err)
		if (failure == nil) != (kind == "") || failure != nil && failure.Kind != kind || len(past.Samples) != map[bool]int{true: 1}[kind == ""] {
			t.Errorf("%d: %+v, %v, want %q", status, past, err, kind)
		}
	}
}

func TestItNeverVotesBesideItsOwnSource(t *testing.T) {
	var source collector.Source = New(Options{})
	if derived, ok := source.(collector.Derived); !ok || !derived.Derived() {
		t.Error("DefiLlama's prices count as independent ones")
	}
}

func FuzzDecodeLatest(f *testing.F) {
	f.Add(recorded(f, "current.json"))
	f.Add(recorded(f, "current-official.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeLatest(body, []layers.Listing{listing("dai", "coingecko:dai")})
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
	})
}

func FuzzDecodeChart(f *testing.F) {
	f.Add(recorded(f, "chart-official.json"))
	f.Add([]byte(`{"coins":{"` + husd + `":{"prices":[{"timestamp":2,"price":1},{"timestamp":1,"price":1}]}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		past, err := decodeChart(body, []layers.Listing{listing("husd", husd)}, layers.Span{})
		if err == nil && len(past.Samples)+len(past.Missing) == 0 {
			t.Errorf("%s gives neither prices nor a reason", body)
		}
		for i, s := range past.Samples {
			if err != nil || !s.Price.IsPositive() || i > 0 && !s.Time.After(past.Samples[i-1].Time) {
				t.Errorf("sample %d of %v, %v", i, past.Samples, err)
			}
		}
	})
}
