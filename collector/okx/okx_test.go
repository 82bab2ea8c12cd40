package okx

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
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

func TestRecordedTickersGiveTheirPricesAndTimes(t *testing.T) {
	for _, test := range []struct {
		file, symbol, price, volume string
		at                          int64
	}{
		{"tickers.json", "MDT-USDT", "0.01941", "60824.946", 1672864160509},
		{"ticker-btc-usdt.json", "BTC-USDT", "16839.1", "86702682", 1672863560203},
	} {
		answer, err := decodeTickers(recorded(t, test.file), bitcoin(test.symbol))
		if err != nil || len(answer.Quotes) != 1 {
			t.Errorf("%s: %+v, %v", test.symbol, answer, err)
			continue
		}
		q := answer.Quotes[0]
		if q.Price.String() != test.price || q.Volume.String() != test.volume || q.Currency != collector.USDT || q.Time.UnixMilli() != test.at {
			t.Errorf("%s is %+v, want %+v", test.symbol, q, test)
		}
	}
}

func TestAMarketInAnotherCurrencyAndAContractAreMissing(t *testing.T) {
	for symbol, file := range map[string]string{"BCD-BTC": "tickers.json", "LTC-USD-SWAP": "tickers-swap.json", "LTC-USD": "tickers-swap.json"} {
		answer, err := decodeTickers(recorded(t, file), bitcoin(symbol))
		if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Malformed {
			t.Errorf("%s: %+v, %v", symbol, answer, err)
		}
	}
}

func TestAllMarketsTakeOneCallAndNoMarketTakesNone(t *testing.T) {
	n := &network{body: recorded(t, "tickers.json")}
	client := New(Options{Transport: n})
	listings := append(bitcoin("BTC-USDT"), layers.Listing{Token: "mdt", Source: Name, Symbol: "MDT-USDT"})
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Quotes) != 1 || len(answer.Missing) != 1 || answer.Missing[0].Token != "bitcoin" {
		t.Errorf("%+v, %v", answer, err)
	}
	if answer, err := client.Latest(t.Context(), nil); err != nil || len(answer.Quotes) != 0 {
		t.Errorf("%+v, %v", answer, err)
	}
	if len(n.asked) != 1 || n.asked[0] != "https://www.okx.com/api/v5/market/tickers?instType=SPOT" {
		t.Errorf("asked for %q", n.asked)
	}
}

func TestTheColumnsOfACandleAreTheRightOnesAndTheOpenOneIsLeftOut(t *testing.T) {
	past, err := decodeCandles(recorded(t, "candles-minutes.json"), bitcoin("BTC-USDT")[0], time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 2 || past.Currency != collector.USDT {
		t.Fatalf("%+v, %v", past, err)
	}
	c := past.Candles[1] // in the middle of the recording; its four prices differ
	if !c.Open.Equal(time.UnixMilli(1678928700000)) || c.OpenPrice.String() != "24324.1" || c.High.String() != "24347.6" ||
		c.Low.String() != "24321.7" || c.Close.String() != "24341.4" || c.Volume.String() != "2565" || c.Source != Name || c.Token != "bitcoin" {
		t.Errorf("%+v", c)
	}
}

func TestTheMadeUpTimesOfTheDocumentationAreRefused(t *testing.T) {
	if past, err := decodeCandles(recorded(t, "candles-documented.json"), bitcoin("BTC-USDT")[0], time.Minute, layers.Span{}); err == nil {
		t.Errorf("%+v", past)
	}
}

func TestHistoryIsAskedForInMillisecondsInUTCAndWhereItIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().UTC() // midnight
		for _, test := range []struct {
			interval, ago time.Duration
			path          string
		}{
			{day, 3 * day, "candles?after=946598400000&bar=1Dutc&before=946425599999"},
			{day, 1439 * day, "candles?after=822528000000&bar=1Dutc&before=822355199999"},
			{day, 1440 * day, "history-candles?after=822441600000&bar=1Dutc&before=822268799999"},
			{time.Hour, 90 * day, "history-candles?after=938916000000&bar=1H&before=938908799999"},
			{5 * time.Minute, day, "candles?after=946599000000&bar=5m&before=946598399999"},
		} {
			n := &network{body: []byte(`{"code":"0","msg":"","data":[]}`)}
			from := now.Add(-test.ago)
			past, err := New(Options{Transport: n}).History(t.Context(), bitcoin("BTC-USDT"), test.interval, layers.Span{From: from, To: from.Add(2 * test.interval)})
			if err != nil || len(past.Missing) != 1 {
				t.Errorf("%+v, %v", past, err)
			}
			want := "https://www.okx.com/api/v5/market/" + test.path + "&instId=BTC-USDT&limit=100"
			if strings.Join(n.asked, " ") != want {
				t.Errorf("asked for %q, want %s", n.asked, want)
			}
		}
	})
}

func TestNoCallAsksForMoreThanAHundredCandles(t *testing.T) {
	for _, reach := range New(Options{}).Reaches() {
		if reach.Call != 100*reach.Interval || reach.Batch != 1 {
			t.Errorf("%+v", reach)
		}
	}
}

func TestEveryRefusalOfOKXIsToldApart(t *testing.T) {
	for _, test := range []struct {
		file   string
		status int
		kind   collector.Kind
	}{
		{"error-rate-limit.json", 200, collector.RateLimited},
		{"error-rate-limit.json", 429, collector.RateLimited},
		{"error-unknown-instrument.json", 200, collector.NotFound},
		{"error-unknown-instrument.json", 400, collector.NotFound},
		{"error-other.json", 200, collector.BadAnswer},
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

func TestABodyCutAtAnyByteGivesNothing(t *testing.T) {
	tickers, candles := bytes.TrimSpace(recorded(t, "tickers.json")), bytes.TrimSpace(recorded(t, "candles-days.json"))
	for cut := range tickers {
		if answer, err := decodeTickers(tickers[:cut], bitcoin("MDT-USDT")); err == nil {
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
	for _, file := range []string{"tickers.json", "candles-days.json", "error-unknown-instrument.json"} {
		f.Add(recorded(f, file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTickers(body, bitcoin("MDT-USDT"))
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
		past, err := decodeCandles(body, bitcoin("BTC-USDT")[0], day, layers.Span{})
		if err == nil && (len(past.Candles) == 0) != (len(past.Missing) == 1) {
			t.Errorf("%+v", past)
		}
	})
}
