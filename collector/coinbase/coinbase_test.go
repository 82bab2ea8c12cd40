package coinbase

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
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

func btc() layers.Listing { return layers.Listing{Token: "bitcoin", Source: Name, Symbol: "BTC-USD"} }

// one takes the only quote out of an answer.
func one(answer collector.Answer, err error) (collector.Quote, error) {
	if err != nil || len(answer.Quotes) != 1 {
		return collector.Quote{}, errors.Join(err, fmt.Errorf("%+v", answer.Missing))
	}
	return answer.Quotes[0], nil
}

func TestRecordedTickersGiveTheirPriceTimeAndTurnover(t *testing.T) {
	for file, want := range map[string]string{
		// Turnovers: 3406.57536195 × 115730.07, 130867.40603437 × 4311.98, 7878.23402368 × 4417.01.
		"ticker-btc-usd.json": "115730.07 2025-08-18T05:57:56.350973Z 394243210",
		"ticker-eth-usd.json": "4311.98 2025-08-18T05:57:59.203013541Z 564297640",
		"ticker-2017.json":    "4417.01000000 2017-10-03T04:00:31.887Z 34798238",
	} {
		quote, err := one(decodeTicker(recorded(t, file), btc()))
		if got := quote.Price.String() + " " + quote.Time.Format(time.RFC3339Nano) + " " + quote.Volume.String(); err != nil || got != want || quote.Token != "bitcoin" {
			t.Errorf("%s: %s, %v, want %s", file, got, err, want)
		}
	}
}

func TestATimeMayHaveAnyFractionOrNone(t *testing.T) {
	for _, at := range []string{"2025-08-18T05:57:59Z", "2025-08-18T05:57:59.2Z", "2025-08-18T05:57:59.203013541Z", "2025-08-18T14:57:59+09:00"} {
		quote, err := one(decodeTicker([]byte(`{"price":"1","time":"`+at+`"}`), btc()))
		if err != nil || quote.Time.Truncate(time.Second) != time.Date(2025, 8, 18, 5, 57, 59, 0, time.UTC) {
			t.Errorf("%s: %s, %v", at, quote.Time, err)
		}
	}
}

func TestWhatIsNoTickerIsAnError(t *testing.T) {
	for _, body := range []string{
		``, `null`, `{}`, `[]`, string(recorded(t, "error-not-found.json")), string(recorded(t, "error-rate-limit.json")),
		`{"price":1,"time":"2025-08-18T05:57:59Z"}`,
		`{"price":null,"time":"2025-08-18T05:57:59Z"}`,
		`{"price":"NaN","time":"2025-08-18T05:57:59Z"}`,
		`{"price":"1","time":1755496679}`,
		`{"price":"1"}`,
		`{"price":"1","time":"yesterday"}`,
		`{"price":"1","PRICE":"2","time":"2025-08-18T05:57:59Z"}`,
		`{"price":"1","time":"2025-08-18T05:57:59Z"} trailing`,
	} {
		quote, err := one(decodeTicker([]byte(body), btc()))
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.BadAnswer {
			t.Errorf("%s: %+v, %v", body, quote, err)
		}
	}
}

func TestABodyCutAtAnyByteGivesNoOtherPrice(t *testing.T) {
	body := recorded(t, "ticker-btc-usd.json")
	for cut := range body {
		if quote, err := one(decodeTicker(body[:cut], btc())); err == nil {
			t.Errorf("%s gives %+v", body[:cut], quote)
		}
	}
}

func FuzzDecodeTicker(f *testing.F) {
	f.Add(recorded(f, "ticker-eth-usd.json"))
	f.Add(recorded(f, "error-not-found.json"))
	f.Fuzz(func(t *testing.T, body []byte) {
		quote, err := one(decodeTicker(body, btc()))
		if err == nil && quote.Time.IsZero() && !strings.Contains(string(body), "0001-01-01") {
			t.Errorf("%s gives a quote without a time", body)
		}
	})
}

// products answers without a network: for each product what its handler says.
type products func(product string) (status int, body string)

func (e products) RoundTrip(r *http.Request) (*http.Response, error) {
	product := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/products/"), "/ticker")
	status, body := e(product)
	if status == 0 { // silence
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return &http.Response{
		StatusCode: status, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

func listings(n int) []layers.Listing {
	all := make([]layers.Listing, n)
	for i := range all {
		all[i] = layers.Listing{Token: fmt.Sprint("token-", i), Source: Name, Symbol: fmt.Sprintf("P%d-USD", i)}
	}
	return all
}

const ticker = `{"price":"1.25","time":"2025-08-18T05:57:59Z"}`

func TestFiftyProductsTakeSixSecondsAtEightASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		client := New(Options{Transport: products(func(string) (int, string) { return 200, ticker })})
		answer, err := client.Latest(t.Context(), listings(50))
		if err != nil || len(answer.Quotes) != 50 || client.Requests() != 50 {
			t.Errorf("%d quotes in %d calls: %v", len(answer.Quotes), client.Requests(), err)
		}
		if took := time.Since(began); took < 6*time.Second || took > 7*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// Cycles that end before all products were asked for leave out others each time, but for a
// few that others overtook at the end of the first one; the same ones each time would be 32.
func TestShortCyclesGoRoundAllProducts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Transport: products(func(string) (int, string) { return 200, ticker })})
		priced := make(map[string]bool)
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 3500*time.Millisecond)
			answer, _ := client.Latest(ctx, listings(50))
			cancel()
			for _, q := range answer.Quotes {
				priced[q.Token] = true
			}
			<-time.After(time.Second)
		}
		if len(priced) < 40 {
			t.Errorf("%d of 50 products were priced in two cycles", len(priced))
		}
	})
}

func TestAnUnknownProductIsMissingAndNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Transport: products(func(product string) (int, string) {
			if product == "P1-USD" {
				return 404, string(recorded(t, "error-not-found.json"))
			}
			return 200, ticker
		})})
		answer, err := client.Latest(t.Context(), listings(3))
		if err != nil || len(answer.Quotes) != 2 || len(answer.Missing) != 1 || answer.Missing[0] != (collector.Missing{Token: "token-1", Reason: "no such product"}) {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}

func TestTooManyCallsEndTheRoundAndKeepWhatCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		client := New(Options{Transport: products(func(string) (int, string) {
			if calls.Add(1) > 10 {
				return 429, string(recorded(t, "error-rate-limit.json"))
			}
			return 200, ticker
		})})
		answer, err := client.Latest(t.Context(), listings(50))
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.RateLimited {
			t.Errorf("%v", err)
		}
		if len(answer.Quotes) != 10 || calls.Load() > 20 {
			t.Errorf("%d quotes, %d calls", len(answer.Quotes), calls.Load())
		}
	})
}

func TestOneSilentProductDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Timeout: 2 * time.Second, Transport: products(func(product string) (int, string) {
			if product == "P0-USD" {
				return 0, ""
			}
			return 200, ticker
		})})
		answer, err := client.Latest(t.Context(), listings(20))
		if err != nil || len(answer.Quotes) != 19 || len(answer.Missing) != 1 {
			t.Errorf("%d quotes, missing %v, %v", len(answer.Quotes), answer.Missing, err)
		}
	})
}

func TestWhenEveryProductFailsTheSourceFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Transport: products(func(string) (int, string) { return 503, "" })})
		answer, err := client.Latest(t.Context(), listings(5))
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.Unavailable || len(answer.Missing) != 5 {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}
