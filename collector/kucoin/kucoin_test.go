package kucoin

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
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
	return body
}

// network answers every call with one body, and notes what was asked for.
type network struct {
	status int
	body   []byte
	asked  []string
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.asked = append(n.asked, r.URL.String())
	return &http.Response{
		StatusCode: cmp.Or(n.status, http.StatusOK), Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(n.body)), Request: r,
	}, nil
}

func bitcoin(symbol string) []layers.Listing {
	return []layers.Listing{{Token: "bitcoin", Source: Name, Symbol: symbol}}
}

// first is when the snapshot of tickers-2023.json was taken.
var first = time.UnixMilli(1672585595001)

func TestRecordedTickersGiveTheirPricesAndNoTime(t *testing.T) {
	for _, test := range []struct{ file, symbol, price, volume string }{
		{"tickers-2023.json", "NKN-USDT", "0.079414", "5582.1354"},
		{"tickers.json", "BTC-USDT", "11328.9", "25984946"},
		{"tickers-2019.json", "BTC-USDT", "3962.704301", "0"}, // KuCoin did not give the turnover then
		{"tickers-2019.json", "SNX-USDT", "0.037001", "0"},
	} {
		answer, err := decodeTickers(recorded(t, test.file), bitcoin(test.symbol), time.Time{})
		if err != nil || len(answer.Quotes) != 1 {
			t.Errorf("%s: %+v, %v", test.symbol, answer, err)
			continue
		}
		q := answer.Quotes[0]
		if q.Price.String() != test.price || q.Volume.String() != test.volume || q.Currency != collector.USDT || !q.Time.IsZero() {
			t.Errorf("%s is %+v, want %s and %s", test.symbol, q, test.price, test.volume)
		}
	}
}

func TestAHaltedMarketThatIsStillQuotedIsMissing(t *testing.T) {
	for symbol, reason := range map[string]string{
		"DCC-USDT": "no trade in the last 24 hours", // quoted at 0.00016 in the recording
		"LOOM-BTC": "not quoted in USD or USDT: LOOM-BTC",
		"MKR-DAI":  "not quoted in USD or USDT: MKR-DAI",
		"TAO-USDT": "not in the answer",
	} {
		answer, err := decodeTickers(recorded(t, "tickers-2019.json"), bitcoin(symbol), time.Time{})
		if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Reason != reason || answer.Missing[0].Malformed {
			t.Errorf("%s: %+v, %v, want %q", symbol, answer, err, reason)
		}
	}
}

func TestASnapshotOfLongAgoIsNoAnswer(t *testing.T) {
	body := recorded(t, "tickers-2023.json")
	for age, fresh := range map[time.Duration]bool{-time.Minute: true, 0: true, maxSnapshotAge: true, maxSnapshotAge + time.Millisecond: false, 24 * time.Hour: false} {
		if answer, err := decodeTickers(body, bitcoin("NKN-USDT"), first.Add(age)); (err == nil) != fresh || (len(answer.Quotes) == 1) != fresh {
			t.Errorf("%s old: %+v, %v", age, answer, err)
		}
	}
	for _, snapshot := range []string{`{"ticker":[]}`, `{"time":null,"ticker":[]}`, `{"time":"soon","ticker":[]}`, `[]`, `null`} {
		if answer, err := decodeTickers([]byte(`{"code":"200000","data":`+snapshot+`}`), bitcoin("NKN-USDT"), first); err == nil {
			t.Errorf("%s: %+v", snapshot, answer)
		}
	}
}

func TestAllMarketsTakeOneCallAndNoMarketTakesNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock stands before every recording
		n := &network{body: recorded(t, "tickers-2023.json")}
		client := New(Options{Transport: n})
		listings := append(bitcoin("BTC-USDT"), layers.Listing{Token: "nkn", Source: Name, Symbol: "NKN-USDT"})
		answer, err := client.Latest(t.Context(), listings)
		if err != nil || len(answer.Quotes) != 1 || len(answer.Missing) != 1 || answer.Missing[0].Token != "bitcoin" {
			t.Errorf("%+v, %v", answer, err)
		}
		if answer, err := client.Latest(t.Context(), nil); err != nil || len(answer.Quotes) != 0 {
			t.Errorf("%+v, %v", answer, err)
		}
		if len(n.asked) != 1 || n.asked[0] != "https://api.kucoin.com/api/v1/market/allTickers" {
			t.Errorf("asked for %q", n.asked)
		}
	})
}

func TestNoHalfMinuteSeesMoreWeightThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Transport: &network{body: recorded(t, "tickers-2023.json")}})
		began := time.Now()
		for range weights / tickersWeight {
			if _, err := client.Latest(t.Context(), bitcoin("BTC-USDT")); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s for what is allowed", waited)
		}
		if _, err := client.Latest(t.Context(), bitcoin("BTC-USDT")); err != nil || time.Since(began) < per {
			t.Errorf("one call too many after %s, %v", time.Since(began), err)
		}
	})
}

func TestTheColumnsOfACandleAreTheRightOnes(t *testing.T) {
	past, err := decodeCandles(recorded(t, "candles.json"), bitcoin("BTC-USDT")[0], 15*time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 3 || past.Currency != collector.USDT {
		t.Fatalf("%+v, %v", past, err)
	}
	c := past.Candles[2] // the newest, which came first; its four prices differ
	if !c.Open.Equal(time.Unix(1591517700, 0)) || c.OpenPrice.String() != "0.025078" || c.Close.String() != "0.025069" ||
		c.High.String() != "0.025084" || c.Low.String() != "0.025064" || c.Volume.String() != "18.9883256" || c.Source != Name || c.Token != "bitcoin" {
		t.Errorf("%+v", c)
	}
	past, err = decodeCandles(recorded(t, "candles-documented.json"), bitcoin("BTC-USDT")[0], time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 1 || past.Candles[0].Close.String() != "0.049" || past.Candles[0].OpenPrice.String() != "0.058" {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestHistoryIsAskedForInSeconds(t *testing.T) {
	from := time.Date(2021, 9, 19, 0, 0, 0, 0, time.UTC)
	n := &network{body: recorded(t, "candles-days.json")}
	past, err := New(Options{Transport: n}).History(t.Context(), bitcoin("BTC-USDT"), day, layers.Span{From: from, To: from.Add(2 * day)})
	if err != nil || len(past.Candles) != 2 || !past.Candles[0].Open.Equal(from) {
		t.Errorf("%+v, %v", past, err)
	}
	want := "https://api.kucoin.com/api/v1/market/candles?endAt=1632182400&startAt=1632009600&symbol=BTC-USDT&type=1day"
	if len(n.asked) != 1 || n.asked[0] != want {
		t.Errorf("asked for %q, want %s", n.asked, want)
	}
}

func TestACandleAtTheVeryEndFitsTheCallToo(t *testing.T) {
	for _, reach := range New(Options{}).Reaches() {
		if rows := reach.Call/reach.Interval + 1; rows > 1500 || reach.Batch != 1 {
			t.Errorf("%+v", reach)
		}
	}
}

func TestEveryRefusalOfKuCoinIsToldApart(t *testing.T) {
	for _, test := range []struct {
		file   string
		status int
		kind   collector.Kind
	}{
		{"error-unknown-pair.json", 200, collector.NotFound},
		{"error-unknown-pair.json", 400, collector.NotFound},
		{"error-parameter.json", 200, collector.BadAnswer},
		{"error-rate-limit.json", 200, collector.RateLimited},
		{"error-rate-limit.json", 429, collector.RateLimited},
		{"error-restricted.json", 200, collector.Blocked},
		{"error-restricted.json", 400, collector.Blocked},
		{"tickers-2018.json", 200, collector.BadAnswer},
		{"tickers.json", 403, collector.Blocked},
		{"tickers.json", 451, collector.Blocked},
		{"tickers.json", 502, collector.Unavailable},
	} {
		// A client each: after a refusal the budget of one has to wait.
		opts := Options{Transport: &network{status: test.status, body: recorded(t, test.file)}}
		answer, latest := New(opts).Latest(t.Context(), bitcoin("BTC-USDT"))
		past, history := New(opts).History(t.Context(), bitcoin("BTC-USDT"), time.Hour, layers.Span{})
		for _, err := range []error{latest, history} {
			if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != test.kind {
				t.Errorf("%d with %s: %v, want %s", test.status, test.file, err, test.kind)
			}
		}
		if len(answer.Quotes) != 0 || len(past.Candles) != 0 {
			t.Errorf("%d with %s: %+v, %+v", test.status, test.file, answer, past)
		}
	}
}

func TestACodeIsEnough(t *testing.T) {
	for body, kind := range map[string]collector.Kind{
		`{"code":"900001","msg":"symbol not exists"}`:     collector.NotFound,
		`{"code":"500000","msg":"Internal Server Error"}`: collector.Unavailable,
		`{"code":1015,"msg":"error code: 1015"}`:          collector.RateLimited,
		`{"code":"200000"}`:                               collector.BadAnswer,
		`{}`:                                              collector.BadAnswer,
	} {
		_, err := decodeTickers([]byte(body), bitcoin("BTC-USDT"), first)
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != kind {
			t.Errorf("%s: %v, want %s", body, err, kind)
		}
	}
}

func TestABodyCutAtAnyByteGivesNothing(t *testing.T) {
	tickers, candles := bytes.TrimSpace(recorded(t, "tickers-2023.json")), bytes.TrimSpace(recorded(t, "candles-days.json"))
	for cut := range tickers {
		if answer, err := decodeTickers(tickers[:cut], bitcoin("NKN-USDT"), first); err == nil {
			t.Errorf("%s gives %+v", tickers[:cut], answer)
		}
	}
	for cut := range candles {
		if past, err := decodeCandles(candles[:cut], bitcoin("BTC-USDT")[0], day, layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", candles[:cut], past)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, file := range []string{"tickers-2023.json", "candles-days.json", "error-unknown-pair.json"} {
		f.Add(recorded(f, file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTickers(body, bitcoin("NKN-USDT"), first)
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
		past, err := decodeCandles(body, bitcoin("BTC-USDT")[0], day, layers.Span{})
		if err == nil && (len(past.Candles) == 0) != (len(past.Missing) == 1) {
			t.Errorf("%+v", past)
		}
	})
}
