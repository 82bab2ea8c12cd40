package gate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
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

func TestRecordedTickersGiveTheirPrices(t *testing.T) {
	for _, test := range []struct{ file, symbol, price, volume string }{
		{"tickers.json", "BTC_USDT", "26019.8", "122324030"},
		{"tickers.json", "ETH_USDT", "1752.96", "60887902"},
		{"tickers-2023.json", "VGX_USDT", "0.30547", "168736.15"},
		{"tickers-2023.json", "OOE_USDT", "0.015381", "12792.587"},
		{"tickers-documented.json", "BTC3L_USDT", "2.46140352", "1602221.7"}, // its turnover has 27 digits
	} {
		answer, err := decodeTickers(recorded(t, test.file), bitcoin(test.symbol))
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

func TestAllMarketsTakeOneCallAndNoMarketTakesNone(t *testing.T) {
	n := &network{body: recorded(t, "tickers.json")}
	client := New(Options{Transport: n})
	listings := append(bitcoin("BTC_USDT"), layers.Listing{Token: "gone", Source: Name, Symbol: "GONE_USDT"})
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Quotes) != 1 || len(answer.Missing) != 1 || answer.Missing[0].Token != "gone" {
		t.Errorf("%+v, %v", answer, err)
	}
	if answer, err := client.Latest(t.Context(), nil); err != nil || len(answer.Quotes) != 0 {
		t.Errorf("%+v, %v", answer, err)
	}
	if len(n.asked) != 1 || n.asked[0] != "https://api.gateio.ws/api/v4/spot/tickers" {
		t.Errorf("asked for %q", n.asked)
	}
}

// The columns of Gate are proven by its own figures: turnover over volume is the mean
// price, which lies between the lowest and the highest, and all four prices differ.
func TestTheColumnsOfACandleAreTheRightOnes(t *testing.T) {
	hour := time.Unix(1717246800, 0).UTC()
	past, err := decodeCandles(recorded(t, "candlesticks.json"), bitcoin("BTC_USDT")[0], time.Hour, layers.Span{})
	if err != nil || len(past.Candles) != 1 || past.Currency != collector.USDT {
		t.Fatalf("%+v, %v", past, err)
	}
	c := past.Candles[0]
	if !c.Open.Equal(hour) || c.OpenPrice.String() != "67715.1" || c.High.String() != "67839.9" || c.Low.String() != "67715" ||
		c.Close.String() != "67772.5" || c.Volume.String() != "17.07790000" || c.Interval != time.Hour || c.Source != Name || c.Token != "bitcoin" {
		t.Errorf("%+v", c)
	}
	var rows [][]string
	if err := json.Unmarshal(recorded(t, "candlesticks.json"), &rows); err != nil {
		t.Fatal(err)
	}
	turnover, err := layers.ParseDecimal(rows[0][1])
	if err != nil {
		t.Fatal(err)
	}
	if mean := turnover.Float64() / c.Volume.Float64(); mean < c.Low.Float64() || mean > c.High.Float64() {
		t.Errorf("a mean price of %v is not between %s and %s", mean, c.Low, c.High)
	}
	past, err = decodeCandles(recorded(t, "candlesticks-minute.json"), bitcoin("BTC_USDT")[0], time.Minute, layers.Span{})
	if err != nil || len(past.Candles) != 1 || past.Candles[0].Close.String() != "0.0000133485" || past.Candles[0].OpenPrice.String() != "0.0000133468" {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestACandleThatGateSaysIsOpenIsLeftOut(t *testing.T) {
	body := bytes.Replace(recorded(t, "candlesticks.json"), []byte(`"true"`), []byte(`"false"`), 1)
	if past, err := decodeCandles(body, bitcoin("BTC_USDT")[0], time.Hour, layers.Span{}); err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestHistoryIsAskedForInSecondsWithBothEndsIncluded(t *testing.T) {
	from := time.Date(2021, 9, 19, 0, 0, 0, 0, time.UTC)
	n := &network{body: recorded(t, "candlesticks-days.json")}
	past, err := New(Options{Transport: n}).History(t.Context(), bitcoin("BTC_USDT"), day, layers.Span{From: from, To: from.Add(2 * day)})
	if err != nil || len(past.Candles) != 2 || !past.Candles[0].Open.Equal(from) {
		t.Errorf("%+v, %v", past, err)
	}
	want := "https://api.gateio.ws/api/v4/spot/candlesticks?currency_pair=BTC_USDT&from=1632009600&interval=1d&to=1632182399"
	if len(n.asked) != 1 || n.asked[0] != want {
		t.Errorf("asked for %q, want %s", n.asked, want)
	}
}

func TestNoCallAsksForMoreThanAThousandCandlesOrForOnesTooLongAgo(t *testing.T) {
	for _, reach := range New(Options{}).Reaches() {
		if rows := reach.Call / reach.Interval; rows >= 1000 || reach.Back >= 10000*reach.Interval || reach.Batch != 1 {
			t.Errorf("%+v", reach)
		}
	}
}

func TestEveryRefusalOfGateIsToldApart(t *testing.T) {
	for _, test := range []struct {
		file   string
		status int
		kind   collector.Kind
	}{
		{"error-unknown-pair.json", 400, collector.NotFound},
		{"error-parameter.json", 400, collector.BadAnswer},
		{"error-too-long-ago.json", 400, collector.BadAnswer},
		{"error-rate-limit.json", 429, collector.RateLimited},
		{"error-rate-limit.json", 400, collector.RateLimited},
		{"error-rate-limit.json", 200, collector.RateLimited},
		{"error-unknown-pair.json", 200, collector.NotFound},
		{"tickers.json", 403, collector.Blocked},
		{"tickers.json", 451, collector.Blocked},
		{"tickers.json", 502, collector.Unavailable},
	} {
		// A client each: after a refusal the budget of one has to wait.
		opts := Options{Transport: &network{status: test.status, body: recorded(t, test.file)}}
		answer, latest := New(opts).Latest(t.Context(), bitcoin("BTC_USDT"))
		past, history := New(opts).History(t.Context(), bitcoin("BTC_USDT"), time.Hour, layers.Span{})
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
	tickers, candles := bytes.TrimSpace(recorded(t, "tickers-2023.json")), bytes.TrimSpace(recorded(t, "candlesticks-days.json"))
	for cut := range tickers {
		if answer, err := decodeTickers(tickers[:cut], bitcoin("VGX_USDT")); err == nil {
			t.Errorf("%s gives %+v", tickers[:cut], answer)
		}
	}
	for cut := range candles {
		if past, err := decodeCandles(candles[:cut], bitcoin("BTC_USDT")[0], day, layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", candles[:cut], past)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, file := range []string{"tickers-2023.json", "candlesticks-days.json", "error-rate-limit.json"} {
		f.Add(recorded(f, file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTickers(body, bitcoin("VGX_USDT"))
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
		past, err := decodeCandles(body, bitcoin("BTC_USDT")[0], day, layers.Span{})
		if err == nil && (len(past.Candles) == 0) != (len(past.Missing) == 1) {
			t.Errorf("%+v", past)
		}
	})
}
