package binance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/layers"
)

// market is a Binance with the markets of the recording of 2019: it refuses a batch
// with one unknown symbol and gives all markets to who names none.
type market struct {
	t     *testing.T
	all   []byte
	asked []string // symbols of each call
}

func (m *market) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Path != "/api/v3/ticker/24hr" || r.URL.Query().Get("type") != "MINI" {
		m.t.Errorf("asked for %s", r.URL)
	}
	symbols := r.URL.Query().Get("symbols")
	m.asked = append(m.asked, symbols)
	status, body := http.StatusOK, m.all
	if symbols != "" {
		status, body = m.some(symbols)
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}

func (m *market) some(symbols string) (int, []byte) {
	var wanted []string
	var rows []map[string]any
	if json.Unmarshal([]byte(symbols), &wanted) != nil || json.Unmarshal(m.all, &rows) != nil {
		m.t.Fatalf("asked for %s", symbols)
	}
	rows = slices.DeleteFunc(rows, func(row map[string]any) bool { return !slices.Contains(wanted, row["symbol"].(string)) })
	if len(rows) != len(wanted) {
		return http.StatusBadRequest, recorded(m.t, "error-invalid-symbol.json")
	}
	body, err := json.Marshal(rows)
	if err != nil {
		m.t.Fatal(err)
	}
	return http.StatusOK, body
}

func TestOneUnknownMarketDoesNotCostTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &market{t: t, all: recorded(t, "tickers-2019.json")}
		client := New(Options{Transport: m})
		listings := []layers.Listing{
			{Token: "bitcoin", Source: Name, Symbol: "BTCUSDT"},
			{Token: "gone", Source: Name, Symbol: "GONEUSDT"},
			{Token: "chainlink", Source: Name, Symbol: "LINKUSDT"},
			{Token: "halted", Source: Name, Symbol: "VENUSDT"},
		}
		round := func() {
			answer, err := client.Latest(t.Context(), listings)
			if err != nil || len(answer.Quotes) != 2 || len(answer.Missing) != 2 {
				t.Errorf("got %+v, %v", answer, err)
			}
			if i := slices.IndexFunc(answer.Missing, func(m collector.Missing) bool { return m.Token == "gone" }); i < 0 {
				t.Errorf("missing %+v", answer.Missing)
			}
		}
		for range 3 {
			round()
		}
		<-time.After(forgetAfter)
		round()
		all, known := `["BTCUSDT","GONEUSDT","LINKUSDT","VENUSDT"]`, `["BTCUSDT","LINKUSDT","VENUSDT"]`
		if want := []string{all, "", known, known, all, ""}; !slices.Equal(m.asked, want) {
			t.Errorf("asked for %q, want %q", m.asked, want)
		}
		if answer, err := client.Latest(t.Context(), listings[1:2]); err != nil || len(answer.Missing) != 1 || len(m.asked) != 6 {
			t.Errorf("%+v, %v, %d calls: an unknown market alone was asked for again", answer, err, len(m.asked))
		}
	})
}

func TestAFailureThatIsNoUnknownMarketIsNotAskedTwice(t *testing.T) {
	n := &network{status: http.StatusTooManyRequests, body: recorded(t, "error-rate-limit.json")}
	client := New(Options{Transport: n})
	if _, err := client.Latest(t.Context(), bitcoin("BTCUSDT")); err == nil || client.Requests() != 1 {
		t.Errorf("%d calls, %v", client.Requests(), err)
	}
}

func TestTheWeightOfACallIsThatOfItsMarkets(t *testing.T) {
	for markets, want := range map[int]int{0: 80, 1: 2, 20: 2, 21: 40, 100: 40, 101: 80} {
		if got := weightOf(markets); got != want {
			t.Errorf("%d markets weigh %d, want %d", markets, got, want)
		}
	}
	if _, query := tickersRequest(many(3)); query.Encode() != "symbols=%5B%22T0USDT%22%2C%22T1USDT%22%2C%22T2USDT%22%5D&type=MINI" {
		t.Errorf("asked for %s", query.Encode())
	}
	if _, query := tickersRequest(nil); strings.Contains(query.Encode(), "symbols") {
		t.Errorf("asked for %s", query.Encode())
	}
}

func many(n int) (listings []layers.Listing) {
	for i := range n {
		listings = append(listings, layers.Listing{Symbol: fmt.Sprintf("T%dUSDT", i)})
	}
	return listings
}

func TestNoMinuteSeesMoreWeightThanAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := New(Options{Transport: &network{body: []byte("[]")}})
		began := time.Now()
		for range weights / 40 {
			if _, err := client.Latest(t.Context(), many(21)); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("waited %s for what is allowed", waited)
		}
		if _, err := client.History(t.Context(), bitcoin("BTCUSDT"), time.Hour, layers.Span{}); err != nil || time.Since(began) < per {
			t.Errorf("one call too many after %s, %v", time.Since(began), err)
		}
	})
}
