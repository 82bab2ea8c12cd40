package binance

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

func TestRecordedTickersGiveTheirPricesAndTimes(t *testing.T) {
	for _, test := range []struct {
		file, symbol, price, volume string
		at                          int64
	}{
		{"tickers.json", "BTCUSDT", "69624.00000000", "2354076600", 1730439018472},
		{"tickers.json", "ETHUSDT", "2509.72000000", "1131373100", 1730439018420},
		{"tickers-2019.json", "LINKUSDT", "2.18600000", "11851619", 1566445106150},
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

func TestHaltedMarketsAndOtherCurrenciesAreMissing(t *testing.T) {
	for symbol, reason := range map[string]string{
		"BCCUSDT":  "no last price: nobody has traded yet", // halted for months, and still in the answer
		"VENUSDT":  "no last price: nobody has traded yet",
		"PHBTUSD":  "not quoted in USD or USDT: PHBTUSD",
		"BGBPUSDC": "not quoted in USD or USDT: BGBPUSDC",
		"ETHBTC":   "not quoted in USD or USDT: ETHBTC",
		"TAOUSDT":  "not in the answer",
	} {
		answer, err := decodeTickers(recorded(t, "tickers-2019.json"), bitcoin(symbol))
		if err != nil || len(answer.Missing) != 1 || answer.Missing[0].Reason != reason || answer.Missing[0].Malformed {
			t.Errorf("%s: %+v, %v, want %q", symbol, answer, err, reason)
		}
	}
}

func TestTheColumnsOfACandleAreTheRightOnes(t *testing.T) {
	for _, test := range []struct {
		file     string
		interval time.Duration
		rows     int
	}{
		{"klines-hours.json", time.Hour, 48},
		{"klines-days.json", day, 31},
		{"klines-5m.json", 5 * time.Minute, 24},
	} {
		past, err := decodeCandles(recorded(t, test.file), bitcoin("BTCUSDT")[0], test.interval, layers.Span{})
		var rows [][]any // the same by another way
		if err := json.Unmarshal(recorded(t, test.file), &rows); err != nil {
			t.Fatal(err)
		}
		if err != nil || len(past.Candles) != test.rows || len(rows) != test.rows || past.Currency != collector.USDT {
			t.Fatalf("%s: %d candles, %v", test.file, len(past.Candles), err)
		}
		for i, c := range past.Candles {
			row := rows[i]
			if float64(c.Open.UnixMilli()) != row[0] || c.OpenPrice.String() != row[1] || c.High.String() != row[2] || c.Low.String() != row[3] ||
				c.Close.String() != row[4] || c.Volume.String() != row[5] || float64(c.Open.Add(c.Interval).UnixMilli()-1) != row[6] {
				t.Errorf("%s: %+v, recorded is %v", test.file, c, row)
			}
		}
	}
}

// What is open and what is close cannot be seen from one candle; of many, one opens
// where the one before closed.
func TestACandleOpensNearWhereTheOneBeforeClosed(t *testing.T) {
	past, err := decodeCandles(recorded(t, "klines-5m.json"), bitcoin("BTCUSDT")[0], 5*time.Minute, layers.Span{})
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for i, c := range past.Candles[1:] {
		before := past.Candles[i]
		if gap := c.OpenPrice.Float64()/before.Close.Float64() - 1; gap < -2e-4 || gap > 2e-4 {
			t.Errorf("%s closes at %s, the next opens at %s", before.Open, before.Close, c.OpenPrice)
		}
		if move := c.Close.Float64()/c.OpenPrice.Float64() - 1; move < -2e-4 || move > 2e-4 {
			moved++
		}
	}
	if moved < len(past.Candles)/2 {
		t.Errorf("only %d of %d candles moved: that proves nothing", moved, len(past.Candles))
	}
}

func TestWeeksAreTakenForDaysByNobody(t *testing.T) {
	span := layers.Span{From: time.UnixMilli(1499040000000), To: time.UnixMilli(1499040000000).Add(day)}
	past, err := decodeCandles(recorded(t, "klines-documented.json"), bitcoin("BTCUSDT")[0], day, span)
	if err != nil || len(past.Candles) != 1 || past.Candles[0].Volume.String() != "148976.11427815" {
		t.Errorf("%+v, %v", past, err)
	}
	past, err = decodeCandles(recorded(t, "klines-none.json"), bitcoin("BTCUSDT")[0], day, span)
	if err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestHistoryIsAskedForInMillisecondsWithBothEndsIncluded(t *testing.T) {
	from := time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC)
	n := &network{body: recorded(t, "klines-hours.json")}
	past, err := New(Options{Transport: n}).History(t.Context(), bitcoin("LINKUSDT"), time.Hour, layers.Span{From: from, To: from.Add(5 * time.Hour)})
	if err != nil || len(past.Candles) != 5 || !past.Candles[0].Open.Equal(from) {
		t.Errorf("%+v, %v", past, err)
	}
	want := "https://data-api.binance.vision/api/v3/klines?endTime=1775019599999&interval=1h&limit=1000&startTime=1775001600000&symbol=LINKUSDT"
	if len(n.asked) != 1 || n.asked[0] != want {
		t.Errorf("asked for %q, want %s", n.asked, want)
	}
	for _, reach := range New(Options{}).Reaches() {
		if reach.Call != 1000*reach.Interval || reach.Batch != 1 {
			t.Errorf("%+v", reach)
		}
	}
}

func TestEveryRefusalOfBinanceIsToldApart(t *testing.T) {
	for _, test := range []struct {
		file   string
		status int
		kind   collector.Kind
	}{
		{"error-invalid-symbol.json", 400, collector.NotFound},
		{"error-rate-limit.json", 429, collector.RateLimited},
		{"error-rate-limit.json", 400, collector.RateLimited},
		{"error-banned.json", 418, collector.RateLimited},
		{"error-restricted.json", 451, collector.Blocked},
		{"error-restricted.json", 403, collector.Blocked},
		{"error-restricted.json", 200, collector.BadAnswer},
		{"error-busy.json", 400, collector.Unavailable},
		{"error-rate-limit.json", 200, collector.RateLimited},
		{"tickers.json", 502, collector.Unavailable},
	} {
		// A client each: after a refusal the budget of one has to wait.
		opts := Options{Transport: &network{status: test.status, body: recorded(t, test.file)}}
		answer, latest := New(opts).Latest(t.Context(), bitcoin("BTCUSDT"))
		past, history := New(opts).History(t.Context(), bitcoin("BTCUSDT"), time.Hour, layers.Span{})
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
	tickers, candles := bytes.TrimSpace(recorded(t, "tickers.json")), bytes.TrimSpace(recorded(t, "klines-5m.json"))
	for cut := range tickers {
		if answer, err := decodeTickers(tickers[:cut], bitcoin("BTCUSDT")); err == nil {
			t.Errorf("%s gives %+v", tickers[:cut], answer)
		}
	}
	for cut := range candles {
		if past, err := decodeCandles(candles[:cut], bitcoin("BTCUSDT")[0], 5*time.Minute, layers.Span{}); err == nil {
			t.Errorf("%s gives %+v", candles[:cut], past)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, file := range []string{"tickers.json", "klines-5m.json", "error-invalid-symbol.json"} {
		f.Add(recorded(f, file))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decodeTickers(body, bitcoin("BTCUSDT"))
		if n := len(answer.Quotes) + len(answer.Missing); err == nil && n != 1 {
			t.Errorf("one listing, %d outcomes", n)
		}
		past, err := decodeCandles(body, bitcoin("BTCUSDT")[0], time.Hour, layers.Span{})
		if err == nil && (len(past.Candles) == 0) != (len(past.Missing) == 1) {
			t.Errorf("%+v", past)
		}
	})
}
