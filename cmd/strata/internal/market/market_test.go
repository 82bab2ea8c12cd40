package market

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"strata/layers"
)

func open(t *testing.T) *Market {
	t.Helper()
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(catalogue, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func ask(t *testing.T, url string) (*http.Response, string) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

// An hour is made of its minutes: where one candle ends the next begins, and the longer one
// has the first and the last price of the shorter ones.
func TestCandlesFitTogether(t *testing.T) {
	v := open(t).Venue("kraken")
	l, _ := v.listing("bitcoin")
	hour := time.Now().UTC().Truncate(time.Hour).Add(-100 * time.Hour)
	long := v.bar(l, time.Hour, hour, time.Now())
	short := v.bars(l, 5*time.Minute, hour, hour.Add(time.Hour-1), time.Now())
	if len(short) != 12 || short[0].first != long.first || short[11].last != long.last {
		t.Errorf("an hour of %+v is made of %+v", long, short)
	}
	for i, b := range short {
		if i > 0 && short[i-1].last != b.first {
			t.Errorf("candle %d begins with %s, the one before ends with %s", i, b.first, short[i-1].last)
		}
		if b.high.ticks < max(b.first.ticks, b.last.ticks) || b.low.ticks > min(b.first.ticks, b.last.ticks) {
			t.Errorf("%+v", b)
		}
	}
}

// Steps of five minutes and of a day have about the same volatility when annualised, as those of a
// random walk, and it is that of a token of the middle.
func TestPricesMoveAsPricesDo(t *testing.T) {
	m := open(t)
	for _, step := range []time.Duration{5 * time.Minute, time.Hour, day} {
		var sum float64
		const steps = 300
		at := m.begin
		for range steps {
			r := math.Log(m.worth("bittensor", at.Add(step)) / m.worth("bittensor", at))
			sum, at = sum+r*r, at.Add(step)
		}
		if annual := math.Sqrt(sum / steps * float64(365*day) / float64(step)); annual < 0.3 || annual > 2 {
			t.Errorf("volatility of steps of %s is %.2f", step, annual)
		}
	}
}

func TestRoundingIsHalfToEven(t *testing.T) {
	for text, want := range map[string]string{
		"1.23456785": "1.2345678", "1234.56785": "1234.5678", "1234.56775": "1234.5678", "1234.567851": "1234.5679",
		"99999.9999": "100000.00", "0.00012345675": "0.00012345675", "12345678.5": "12345678", "12345679.5": "12345680",
	} {
		a, err := layers.ParseDecimal(round(text, 8))
		b, err2 := layers.ParseDecimal(want)
		if err != nil || err2 != nil || a.Cmp(b) != 0 {
			t.Errorf("round(%s) = %s, want %s (%v, %v)", text, a, b, err, err2)
		}
	}
}

// Ten calls a second is what Coinbase documents: the fifty-first in five is refused and told
// when to come back.
func TestWhoeverAsksTooOftenIsRefused(t *testing.T) {
	m := open(t)
	v := m.Venue("coinbase")
	if response, body := ask(t, v.URL+"/products/BTC-USD/ticker"); response.StatusCode != http.StatusOK {
		t.Fatalf("%s %s", response.Status, body)
	}
	later := time.Now().Add(time.Hour)
	for n := range 50 {
		if _, wait := v.admit(later, "", 1); wait != 0 { // at one instant, however slow this machine is
			t.Fatalf("call %d is to wait %s", n, wait)
		}
	}
	if _, wait := v.admit(later, "", 1); wait != 5*time.Second {
		t.Errorf("told to wait %s", wait)
	}
	if calls := v.Calls(); len(calls) != 1 || calls[0].Status != http.StatusOK {
		t.Errorf("record: %+v", calls)
	}
	v = m.Venue("kucoin")
	v.Behave(Refusing)
	if response, _ := ask(t, v.URL+"/api/v1/market/allTickers"); response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") != "1" {
		t.Errorf("%s, Retry-After %q", response.Status, response.Header.Get("Retry-After"))
	}
}

// What the documents say of each: rows that end now are not over, pages have a limit, and
// failures have a shape.
func TestEachPlaceKeepsItsLimitsOfRows(t *testing.T) {
	m := open(t)
	now := time.Now().UTC()
	from := now.AddDate(0, -3, 0)
	for _, c := range []struct {
		venue, path string
		rows        int // 0 for a refusal with words
		words       string
	}{
		{"kraken", "/0/public/OHLC?assetVersion=1&interval=60&since=0&pair=BTC/USD", 720, ""},
		{"kraken", "/0/public/OHLC?interval=60&pair=NO/USD", 0, "EQuery:Unknown asset pair"},
		{"coinbase", fmt.Sprintf("/products/BTC-USD/candles?granularity=3600&start=%d&end=%d", from.Unix(), from.Add(299*time.Hour).Unix()), 299, ""},
		{"coinbase", fmt.Sprintf("/products/BTC-USD/candles?granularity=3600&start=%d&end=%d", from.Unix(), from.Add(300*time.Hour).Unix()), 0, "300"},
		{"gate", fmt.Sprintf("/spot/candlesticks?currency_pair=BTC_USDT&interval=1h&from=%d&to=%d&limit=5", from.Unix(), from.Add(time.Hour).Unix()), 0, "limit"},
		{"gate", "/spot/candlesticks?currency_pair=BTC_USDT&interval=5m&from=1&to=2", 0, "too long ago"},
		{"kucoin", fmt.Sprintf("/api/v1/market/candles?symbol=BTC-USDT&type=1hour&startAt=%d&endAt=%d", from.Unix(), now.Unix()), 1500, ""},
		{"okx", fmt.Sprintf("/api/v5/market/history-candles?instId=BTC-USDT&bar=1H&before=%d&after=%d&limit=300", from.UnixMilli(), now.UnixMilli()), 100, ""},
		{"okx", fmt.Sprintf("/api/v5/market/candles?instId=BTC-USDT&bar=1H&before=%d&after=%d&limit=300", from.UnixMilli(), now.UnixMilli()), 300, ""},
		{"binance", fmt.Sprintf("/api/v3/klines?symbol=BTCUSDT&interval=1h&startTime=%d&endTime=%d&limit=5000", from.UnixMilli(), now.UnixMilli()), 1000, ""},
		{"binance", `/api/v3/ticker/24hr?symbols=["BTCUSDT","NOUSDT"]`, 0, "-1121"},
		{"coingecko", fmt.Sprintf("/coins/bitcoin/market_chart/range?vs_currency=usd&from=%d&to=%d", now.AddDate(-1, -1, 0).Unix(), now.Unix()), 0, "10012"},
		{"defillama", fmt.Sprintf("/chart/coingecko:bitcoin,coingecko:ethereum?start=%d&span=251&period=1h", from.Unix()), 0, "too many points"},
		{"coinpaprika", "/tickers/btc-bitcoin/historical", 0, "plan"},
	} {
		_, body := ask(t, m.Venue(c.venue).URL+strings.ReplaceAll(c.path, `"`, "%22"))
		if c.rows == 0 {
			if !strings.Contains(body, c.words) {
				t.Errorf("%s%s: %.200s, want a refusal with %q", c.venue, c.path, body, c.words)
			}
			continue
		}
		var answer any
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatal(err)
		}
		if rows := longest(answer); rows < c.rows-1 || rows > c.rows+1 {
			t.Errorf("%s%s: %d rows, want %d", c.venue, c.path, rows, c.rows)
		}
	}
}

// longest is how many elements the longest list anywhere in an answer has.
func longest(v any) int {
	most := 0
	switch v := v.(type) {
	case []any:
		most = len(v)
		for _, e := range v {
			most = max(most, longest(e))
		}
	case map[string]any:
		for _, e := range v {
			most = max(most, longest(e))
		}
	}
	return most
}
