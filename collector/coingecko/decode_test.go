package coingecko

import (
	"errors"
	"os"
	"path/filepath"
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

func TestTheOfficialExampleGivesItsPriceAndTime(t *testing.T) {
	got, err := decodeLatest(recorded(t, "simple-price.json"), []layers.Listing{listing("bitcoin", "bitcoin"), listing("render", "render-token")})
	if err != nil {
		t.Fatal(err)
	}
	want := collector.Answer{
		Quotes: []collector.Quote{{
			Token: "bitcoin", Price: decimal(t, "76975"), Time: time.Date(2026, 5, 18, 8, 17, 38, 0, time.UTC),
			Volume: decimal(t, "2.9096603e10"), MarketCap: decimal(t, "1.5422269e12"), // of 29096603418.89408 and 1542226908349.8406
		}},
		Missing: []collector.Missing{{Token: "render", Reason: "not in the answer"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoDollarPriceWithATimeIsMissing(t *testing.T) {
	for body, malformed := range map[string]bool{
		`{"bitcoin":{"usd":null,"last_updated_at":1779092258}}`: false,
		`{"bitcoin":{}}`: false,
		`{"ethereum":{"usd":1624.6,"last_updated_at":1779092258}}`: false, // another coin
		`{}`: false,
		string(recorded(t, "simple-price-euro.json")):         false,
		string(recorded(t, "simple-price-without-time.json")): true,
		`{"bitcoin":null}`:  false,
		`{"bitcoin":76975}`: true,
		`{"bitcoin":{"usd":"76975","last_updated_at":1779092258}}`:   true,
		`{"bitcoin":{"usd":1,"USD":2,"last_updated_at":1779092258}}`: true,
		`{"bitcoin":{"usd":1e-400,"last_updated_at":1779092258}}`:    true,
		`{"bitcoin":{"usd":76975,"last_updated_at":"1779092258"}}`:   true,
		`{"bitcoin":{"usd":76975,"last_updated_at":null}}`:           false,
		`{"bitcoin":{"USD":76975,"last_updated_at":1779092258}}`:     false,
		`{"Bitcoin":{"usd":76975,"last_updated_at":1779092258}}`:     false,
	} {
		got, err := decodeLatest([]byte(body), []layers.Listing{listing("bitcoin", "bitcoin")})
		if err != nil || len(got.Quotes) != 0 || len(got.Missing) != 1 || got.Missing[0].Malformed != malformed {
			t.Errorf("%s\ngives %+v, %v, want it missing, malformed %v", body, got, err, malformed)
		}
	}
}

func TestAnErrorInsideAnAnswerIsAnError(t *testing.T) {
	for body, kind := range map[string]collector.Kind{
		string(recorded(t, "error-rate-limit.json")):        collector.RateLimited,
		string(recorded(t, "error-range.json")):             collector.BadAnswer,
		string(recorded(t, "error-coin-not-found.json")):    collector.BadAnswer,
		string(recorded(t, "error-missing-parameter.json")): collector.BadAnswer,
		string(recorded(t, "error-cloudflare-1015.html")):   collector.BadAnswer,
		`null`:  collector.BadAnswer,
		`[]`:    collector.BadAnswer,
		``:      collector.BadAnswer,
		`"{}"`:  collector.BadAnswer,
		`{} {}`: collector.BadAnswer,
	} {
		_, latest := decodeLatest([]byte(body), []layers.Listing{listing("bitcoin", "bitcoin")})
		_, history := decodeHistory([]byte(body), "bitcoin", layers.Span{})
		for _, err := range []error{latest, history} {
			failure, ok := errors.AsType[*collector.Error](err)
			if !ok || failure.Kind != kind {
				t.Errorf("%s\ngives %v, want %s", body, err, kind)
			}
		}
	}
}

// Cutting a body anywhere must not make another price of it.
func TestABodyCutAtAnyByteGivesNoOtherPrice(t *testing.T) {
	latest, history := recorded(t, "simple-price.json"), recorded(t, "market-chart-5m.json")
	for cut := range latest {
		if answer, err := decodeLatest(latest[:cut], []layers.Listing{listing("bitcoin", "bitcoin")}); err == nil {
			t.Errorf("%s gives %+v", latest[:cut], answer)
		}
	}
	for cut := range history {
		if samples, err := decodeHistory(history[:cut], "bitcoin", layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", history[:cut], samples)
		}
	}
}

func TestAVolumeThatIsNoneDoesNotCostThePrice(t *testing.T) {
	for _, volume := range []string{`null`, `"5"`, `-1`, `0`, `1e999`, `{}`} {
		body := `{"bitcoin":{"usd":76975,"usd_24h_vol":` + volume + `,"usd_market_cap":` + volume + `,"last_updated_at":1779092258}}`
		got, err := decodeLatest([]byte(body), []layers.Listing{listing("bitcoin", "bitcoin")})
		if err != nil || len(got.Quotes) != 1 || got.Quotes[0].Volume.IsPositive() || got.Quotes[0].MarketCap.IsPositive() {
			t.Errorf("a volume of %s gives %+v, %v", volume, got, err)
		}
	}
}

func FuzzDecodeLatest(f *testing.F) {
	f.Add(recorded(f, "simple-price.json"))
	f.Add(recorded(f, "error-rate-limit.json"))
	f.Add([]byte(`{"bitcoin":{"usd":-1,"last_updated_at":1e9}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeLatest(body, []layers.Listing{listing("bitcoin", "bitcoin")})
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
	})
}
