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
		Quotes:  []collector.Quote{{Token: "bitcoin", Price: decimal(t, "76975"), Time: time.Date(2026, 5, 18, 8, 17, 38, 0, time.UTC)}},
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
		_, history := decodeHistory([]byte(body), "bitcoin")
		for _, err := range []error{latest, history} {
			failure, ok := errors.AsType[*collector.Error](err)
			if !ok || failure.Kind != kind {
				t.Errorf("%s\ngives %v, want %s", body, err, kind)
			}
		}
	}
}

func TestTheRecordedHistoryIsReadToTheLastDigitKept(t *testing.T) {
	samples, err := decodeHistory(recorded(t, "market-chart.json"), "bitcoin")
	if err != nil || len(samples) != 91 {
		t.Fatalf("%d samples, %v, want 91", len(samples), err)
	}
	first := layers.Sample{Token: "bitcoin", Source: Name, Time: time.Date(2021, 2, 15, 0, 0, 0, 0, time.UTC), Price: decimal(t, "48607.87452")}
	last := layers.Sample{Token: "bitcoin", Source: Name, Time: time.UnixMilli(1621089594000).UTC(), Price: decimal(t, "49078.8304")}
	if diff := cmp.Diff([]layers.Sample{first, last}, []layers.Sample{samples[0], samples[90]}); diff != "" {
		t.Error(diff)
	}
}

func TestAHistoryIsPutInOrderAndRidOfHoles(t *testing.T) {
	body := `{"prices":[[1000,1.5],[2000,null],[4000,4],[3000,3],[4000,9],[5000,0],[6000,-1],[null,7]],"market_caps":[],"total_volumes":[]}`
	samples, err := decodeHistory([]byte(body), "bitcoin")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range samples {
		got = append(got, s.Time.Format("05")+" "+s.Price.String())
	}
	if diff := cmp.Diff([]string{"01 1.5", "03 3", "04 4"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMalformedPointSpoilsAHistory(t *testing.T) {
	for _, body := range []string{
		`{"prices":[[1000,"1.5"]]}`, `{"prices":[[1000]]}`, `{"prices":[[1000,1,2]]}`, `{"prices":[1000,1]}`,
		`{"prices":{"1000":1}}`, `{"prices":null}`, `{"market_caps":[]}`, `{"prices":[["1000",1]]}`, `{"prices":[],"Prices":[]}`,
	} {
		if samples, err := decodeHistory([]byte(body), "bitcoin"); err == nil {
			t.Errorf("%s gives %v, want an error", body, samples)
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
		if samples, err := decodeHistory(history[:cut], "bitcoin"); err == nil {
			t.Errorf("%s gives %+v", history[:cut], samples)
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

func FuzzDecodeHistory(f *testing.F) {
	f.Add(recorded(f, "market-chart-5m.json"))
	f.Add([]byte(`{"prices":[[2,1],[1,1],[1,0]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		samples, err := decodeHistory(body, "bitcoin")
		for i, s := range samples {
			if err != nil || !s.Price.IsPositive() || i > 0 && !s.Time.After(samples[i-1].Time) {
				t.Errorf("sample %d of %v, %v", i, samples, err)
			}
		}
	})
}
