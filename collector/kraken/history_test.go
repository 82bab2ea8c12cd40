package kraken

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/collector"
	"strata/layers"
)

func btc() layers.Listing {
	return layers.Listing{Token: "bitcoin", Source: Name, Symbol: "BTC/USD"}
}

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRecordedCandlesAreReadColumnByColumn(t *testing.T) {
	past, err := decodeOHLC(recorded(t, "ohlc-btc-usd.json"), btc(), time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 12 || past.Currency != collector.USD || len(past.Missing) != 0 || len(past.Samples) != 0 {
		t.Fatalf("%d candles in %q, %d samples, missing %v: %v", len(past.Candles), past.Currency, len(past.Samples), past.Missing, err)
	}
	// [1502402580,"3449.997","3450.000","3440.001","3440.001","3441.656","7.36749998",12]
	want := layers.Candle{
		Token: "bitcoin", Source: Name, Open: time.Date(2017, 8, 10, 22, 3, 0, 0, time.UTC), Interval: time.Minute,
		OpenPrice: decimal(t, "3449.997"), High: decimal(t, "3450.000"), Low: decimal(t, "3440.001"), Close: decimal(t, "3440.001"),
		Volume: decimal(t, "7.36749998"),
	}
	if diff := cmp.Diff(want, past.Candles[1]); diff != "" {
		t.Error(diff)
	}
}

func TestAMinuteWithoutATradeHasNoPrice(t *testing.T) {
	listing := layers.Listing{Token: "ethereum", Source: Name, Symbol: "ETH/USDT"}
	past, err := decodeOHLC(recorded(t, "ohlc-eth-btc.json"), listing, time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 3 || past.Candles[0].Open.Unix() != 1591475640 || past.Currency != collector.USDT {
		t.Errorf("%+v, %v", past, err)
	}
	quiet := `{"error":[],"result":{"BTC/USD":[[1591475580,"9","9","9","9","0","0.0",0]],"last":1591475580}}`
	past, err = decodeOHLC([]byte(quiet), btc(), time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 {
		t.Errorf("nobody traded at all: %+v, %v", past, err)
	}
}

func TestCandlesAreAskedForByPairMinutesAndSince(t *testing.T) {
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.String()
		w.Header().Set("Content-Type", "application/json")
		w.Write(recorded(t, "ohlc-btc-usd.json"))
	}))
	defer server.Close()
	client := New(Options{BaseURL: server.URL})
	span := layers.Span{From: time.Unix(1502402640, 0), To: time.Unix(1502402820, 0)}
	past, err := client.History(t.Context(), []layers.Listing{btc()}, time.Minute, span)
	if want := "/0/public/OHLC?assetVersion=1&interval=1&pair=BTC%2FUSD&since=1502402639"; err != nil || asked != want {
		t.Errorf("asked for %s, want %s: %v", asked, want, err)
	}
	// 22:04, 22:05 and 22:06; that of 22:07 begins where the span ends.
	if len(past.Candles) != 3 || past.Candles[0].Open.Unix() != 1502402640 {
		t.Errorf("%+v", past.Candles)
	}
	for _, reach := range client.Reaches() {
		_, query := ohlcRequest(btc(), reach.Interval, span)
		want := map[time.Duration]string{5 * time.Minute: "5", time.Hour: "60", 24 * time.Hour: "1440"}[reach.Interval]
		if query.Get("interval") != want || reach.Call != 719*reach.Interval || reach.Back != reach.Call || reach.Batch != 1 {
			t.Errorf("%+v is asked for as %s, want %s", reach, query.Get("interval"), want)
		}
	}
}

func TestWhatIsNoListOfCandlesIsAnError(t *testing.T) {
	for body, kind := range map[string]collector.Kind{
		string(recorded(t, "error-rate-limit.json")):   collector.RateLimited,
		string(recorded(t, "error-unavailable.json")):  collector.Unavailable,
		string(recorded(t, "error-unknown-pair.json")): collector.NotFound,
		string(recorded(t, "error-invalid-pair.json")): collector.NotFound,
		``:                                 collector.BadAnswer,
		`null`:                             collector.BadAnswer,
		`{"error":[],"result":{"last":1}}`: collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[],"ETH/USD":[],"last":1}}`:                                           collector.BadAnswer,
		`{"error":[],"result":{"ETH/USD":[[1502402520,"1","1","1","1","1","1",1]],"last":1}}`:                  collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520,1,1,1,1,1,1,1]],"last":1}}`:                              collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520,"1","1","1","1"]],"last":1}}`:                            collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520000,"2","1","3","NaN","1","1",1]],"last":1}}`:             collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520,"2","1","3","2","1","1",1]],"last":1}}`:                  collector.BadAnswer, // high below low
		`{"error":[],"result":{"BTC/USD":{"1502402520":["1","1","1","1","1","1",1]},"last":1}}`:                collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520,"1e-400","1e-400","1","1","1","1",1]],"last":1}}`:        collector.BadAnswer,
		`{"error":[],"result":{"BTC/USD":[[1502402520,"0","0","0","0","0","1",1]],"last":1502402460}} trailer`: collector.BadAnswer,
	} {
		past, err := decodeOHLC([]byte(body), btc(), time.Minute, layers.Span{})
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != kind || len(past.Candles) != 0 {
			t.Errorf("%s: %+v, %v, want %s", body, past, err, kind)
		}
	}
}

func TestAListOfCandlesCutAtAnyByteIsAnError(t *testing.T) {
	body := recorded(t, "ohlc-btc-usd.json")
	for cut := range len(body) - 1 { // the last byte ends the line
		if past, err := decodeOHLC(body[:cut], btc(), time.Minute, layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", body[:cut], past)
		}
	}
}

func TestAPairThatIsNotQuotedInDollarsIsNotAskedFor(t *testing.T) {
	client := New(Options{BaseURL: "http://127.0.0.1:1"})
	listings := []layers.Listing{{Token: "bittensor", Source: Name, Symbol: "TAO/EUR"}}
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Missing) != 1 || client.Requests() != 0 {
		t.Errorf("%+v, %v after %d calls", answer, err, client.Requests())
	}
	body := `{"error":[],"result":{"TAO/EUR":[[1591475580,"9","9","9","9","9","1.0",1]],"last":1591475580}}`
	if past, err := decodeOHLC([]byte(body), listings[0], time.Minute, layers.Span{}); err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 {
		t.Errorf("%+v, %v", past, err)
	}
}

func FuzzDecodeOHLC(f *testing.F) {
	f.Add(recorded(f, "ohlc-btc-usd.json"))
	f.Add(recorded(f, "ohlc-eth-btc.json"))
	f.Add(recorded(f, "error-unknown-pair.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		past, err := decodeOHLC(body, btc(), time.Minute, layers.Span{})
		if err == nil && len(past.Candles)+len(past.Missing) == 0 {
			t.Errorf("%s gives neither candles nor a reason", body)
		}
		for i, k := range past.Candles {
			if err != nil || !k.Close.IsPositive() || i > 0 && !k.Open.After(past.Candles[i-1].Open) {
				t.Errorf("candle %d of %+v, %v", i, past.Candles, err)
			}
		}
	})
}
