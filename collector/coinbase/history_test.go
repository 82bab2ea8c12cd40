package coinbase

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/collector"
	"strata/layers"
)

const day = 24 * time.Hour

func decimal(t testing.TB, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// candles reads candles long after they were over.
func candles(body []byte, interval time.Duration) (collector.Past, error) {
	return decodeCandles(body, btc(), interval, layers.Span{}, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
}

func TestRecordedCandlesComeNewestFirstWithLowBeforeHigh(t *testing.T) {
	for file, test := range map[string]struct {
		interval time.Duration
		n        int
		first    layers.Candle
	}{
		// [1755496440,115507.47,115587.99,115520.51,115587.99,0.23385588]
		"candles-btc-usd.json": {time.Minute, 4, layers.Candle{
			Open: time.Date(2025, 8, 18, 5, 54, 0, 0, time.UTC), Low: decimal(t, "115507.47"), High: decimal(t, "115587.99"),
			OpenPrice: decimal(t, "115520.51"), Close: decimal(t, "115587.99"), Volume: decimal(t, "0.23385588"),
		}},
		// [1517443200,10099.98,10099.99,10099.99,10099.98,1.87868123]
		"candles-2018.json": {time.Minute, 10, layers.Candle{
			Open: time.Date(2018, 2, 1, 0, 0, 0, 0, time.UTC), Low: decimal(t, "10099.98"), High: decimal(t, "10099.99"),
			OpenPrice: decimal(t, "10099.99"), Close: decimal(t, "10099.98"), Volume: decimal(t, "1.87868123"),
		}},
		// [1577836800,6388.91,6471.44,6400.02,6410.22,491.94797816]: bitcoin closed 1 January 2020 at 6410.22 euros.
		"candles-days.json": {day, 2, layers.Candle{
			Open: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), Low: decimal(t, "6388.91"), High: decimal(t, "6471.44"),
			OpenPrice: decimal(t, "6400.02"), Close: decimal(t, "6410.22"), Volume: decimal(t, "491.94797816"),
		}},
	} {
		past, err := candles(recorded(t, file), test.interval)
		if err != nil || len(past.Candles) != test.n || past.Currency != collector.USD || len(past.Missing) != 0 {
			t.Errorf("%s: %d candles in %q, missing %v: %v", file, len(past.Candles), past.Currency, past.Missing, err)
			continue
		}
		test.first.Token, test.first.Source, test.first.Interval = "bitcoin", Name, test.interval
		if diff := cmp.Diff(test.first, past.Candles[0]); diff != "" {
			t.Errorf("%s: %s", file, diff)
		}
	}
}

func TestWhatMayHaveBeenCachedBeforeItWasOverIsLeftOut(t *testing.T) {
	body := recorded(t, "candles-btc-usd.json") // begin at 05:54, 05:55, 05:56 and 05:57
	for asOf, want := range map[string]int{"05:54:59": 0, "05:55:00": 1, "05:57:30": 3, "05:58:00": 4} {
		at, err := time.Parse(time.DateTime, "2025-08-18 "+asOf)
		if err != nil {
			t.Fatal(err)
		}
		past, err := decodeCandles(body, btc(), time.Minute, layers.Span{}, at)
		if err != nil || len(past.Candles) != want || (want == 0) != (len(past.Missing) == 1) {
			t.Errorf("as of %s: %d candles, missing %v, %v, want %d", asOf, len(past.Candles), past.Missing, err, want)
		}
	}
}

func TestCandlesThatCannotBeTrueAreLeftOut(t *testing.T) {
	for _, row := range []string{
		`[1517443200,2,1,1.5,1.5,9]`,   // lowest above highest
		`[1517443200,1,2,3,1.5,9]`,     // opened above the highest
		`[1517443200,1,2,1.5,0.5,9]`,   // closed below the lowest
		`[1517443200,0,2,1.5,1.5,9]`,   // for nothing
		`[1517443200,-1,2,1.5,1.5,9]`,  // for less
		`[1517443200,1,2,1.5,1.5,0]`,   // nobody traded
		`[1517443201,1,2,1.5,1.5,9]`,   // begins within the minute
		`[-1517443201,1,2,1.5,1.5,9]`,  // long ago
		`[9517443201000,1,2,1.5,1,9]`,  // counted in milliseconds
		`[1517443200000,1,2,1.5,1,9]`,  // the same, on a minute: in the year 50055
		`[90071992547,1,2,1.5,1.5,10]`, // in the year 4824
	} {
		past, err := candles([]byte("["+row+"]"), time.Minute)
		if err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 {
			t.Errorf("%s: %+v, %v", row, past, err)
		}
	}
}

func TestWhatIsNoListOfCandlesIsAnError(t *testing.T) {
	for _, body := range []string{
		``, `null`, `{}`, string(recorded(t, "error-not-found.json")), string(recorded(t, "error-rate-limit.json")),
		`[1]`, `[null]`, `[[1517443200,1,2,1.5,1.5]]`, `[[1517443200,1,2,1.5,1.5,9,9]]`, `[["1517443200",1,2,1.5,1.5,9]]`,
		`[[1517443200,"1",2,1.5,1.5,9]]`, `[[1517443200,1,2,1.5,null,9]]`, `[[1517443200.5,1,2,1.5,1.5,9]]`,
		`[[1517443200,1e-400,2,1.5,1.5,9]]`, `[[1517443200,1,2,1.5,NaN,9]]`, `[] []`,
	} {
		past, err := candles([]byte(body), time.Minute)
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.BadAnswer || len(past.Candles) != 0 {
			t.Errorf("%s: %+v, %v", body, past, err)
		}
	}
}

func TestAListOfCandlesCutAtAnyByteIsAnError(t *testing.T) {
	body := recorded(t, "candles-btc-usd.json")
	for cut := range body {
		if past, err := candles(body[:cut], time.Minute); err == nil {
			t.Errorf("%s gives %+v", body[:cut], past)
		}
	}
}

func TestACallForCandlesAsksForThoseThatBeginInASpanAndNeverForTooMany(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		reach := rapid.SampledFrom(new(Client).Reaches()).Draw(t, "reach")
		from := time.Unix(rapid.Int64Range(1.5e9, 1.8e9).Draw(t, "from"), 0)
		span := layers.Span{From: from, To: from.Add(time.Duration(rapid.Int64Range(int64(reach.Interval), int64(reach.Call)).Draw(t, "span")))}
		_, query := candlesRequest(btc(), reach.Interval, span)
		var start, end time.Time
		for name, at := range map[string]*time.Time{"start": &start, "end": &end} {
			seconds, err := time.ParseDuration(query.Get(name) + "s")
			if err != nil {
				t.Fatal(err)
			}
			*at = time.Unix(0, 0).Add(seconds)
		}
		rows := int(end.Sub(start)/reach.Interval) + 1
		if rows < 1 || rows > maxRows || !span.Contains(start) || !span.Contains(end) ||
			span.Contains(start.Add(-reach.Interval)) || span.Contains(end.Add(reach.Interval)) {
			t.Errorf("%s by %s: from %s to %s, %d candles", span, reach.Interval, start, end, rows)
		}
	})
}

func TestCandlesAreAskedForByProduct(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.String(); got != "/products/BTC-USD/candles?end=1517443680&granularity=60&start=1517443260" {
			t.Errorf("asked for %s", got)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Write(recorded(t, "candles-2018.json"))
	}))
	defer server.Close()
	span := layers.Span{From: time.Unix(1517443201, 0), To: time.Unix(1517443740, 0)}
	past, err := New(Options{BaseURL: server.URL}).History(t.Context(), []layers.Listing{btc()}, time.Minute, span)
	if err != nil || len(past.Candles) != 8 || past.Candles[0].Open.Unix() != 1517443260 {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestRefusalsOfCandlesAreToldApart(t *testing.T) {
	for status, test := range map[int]struct {
		file string
		kind collector.Kind
	}{
		404: {"error-not-found.json", collector.NotFound},
		429: {"error-rate-limit.json", collector.RateLimited},
		403: {"error-not-found.json", collector.Blocked},
		502: {"error-not-found.json", collector.Unavailable},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			w.Write(recorded(t, test.file))
		}))
		_, err := New(Options{BaseURL: server.URL}).History(t.Context(), []layers.Listing{btc()}, time.Hour, layers.Span{From: time.Unix(0, 0), To: time.Unix(3600, 0)})
		server.Close()
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != test.kind {
			t.Errorf("%d: %v, want %s", status, err, test.kind)
		}
	}
}

func FuzzDecodeCandles(f *testing.F) {
	f.Add(recorded(f, "candles-btc-usd.json"))
	f.Add(recorded(f, "error-not-found.json"))
	f.Add([]byte(`[[60,1,1,1,1,1],[60,2,2,2,2,2],[0,1,1,1,1,1]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		past, err := candles(body, time.Minute)
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
