package coingecko

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"strata/collector"
	"strata/layers"
)

func TestAThousandCoinsTakeFourCalls(t *testing.T) {
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		ids := strings.Split(query.Get("ids"), ",")
		calls = append(calls, fmt.Sprintf("%s %d %s", r.URL.Path, len(ids), query.Get("vs_currencies")+query.Get("precision")+query.Get("include_last_updated_at")))
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, "{")
		for i, id := range ids {
			fmt.Fprintf(w, `%s"%s":{"usd":%s,"last_updated_at":1779092258}`, strings.Repeat(",", min(i, 1)), id, strings.TrimPrefix(id, "coin-"))
		}
		fmt.Fprint(w, "}")
	}))
	defer server.Close()
	var listings []layers.Listing
	for i := range 1000 {
		listings = append(listings, listing(fmt.Sprint("token-", i+1), fmt.Sprint("coin-", i+1)))
	}
	client := New(Options{BaseURL: server.URL + "/api/v3"})
	answer, err := client.Latest(t.Context(), listings)
	if err != nil || len(answer.Quotes) != 1000 || client.Requests() != 4 {
		t.Fatalf("%d quotes, %d calls, %v", len(answer.Quotes), client.Requests(), err)
	}
	for i, q := range answer.Quotes {
		if want := fmt.Sprint("token-", q.Price); q.Token != want {
			t.Errorf("quote %d, %s, belongs to %s", i, q.Token, want)
		}
	}
	for _, call := range calls {
		if call != "/api/v3/simple/price 250 usdfulltrue" {
			t.Errorf("asked for %s", call)
		}
	}
}

func TestAKeyGoesIntoItsHeader(t *testing.T) {
	for name, test := range map[string]struct {
		opts        Options
		demo, pro   string
		defaultHost string
	}{
		"none": {Options{}, "", "", BaseURL},
		"demo": {Options{DemoKey: "D"}, "D", "", BaseURL},
		"pro":  {Options{ProKey: "P"}, "", "P", ProBaseURL},
		"both": {Options{DemoKey: "D", ProKey: "P"}, "", "P", ProBaseURL},
	} {
		var asked *http.Request
		test.opts.Transport = transport(func(r *http.Request) (*http.Response, error) {
			asked = r
			return nil, errors.New("no network here")
		})
		_, err := New(test.opts).Latest(t.Context(), []layers.Listing{listing("bitcoin", "bitcoin")})
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.Network {
			t.Errorf("%s: %v", name, err)
		}
		demo, pro := asked.Header.Get("x-cg-demo-api-key"), asked.Header.Get("x-cg-pro-api-key")
		if demo != test.demo || pro != test.pro || !strings.HasPrefix(asked.URL.String(), test.defaultHost+"/simple/price?") {
			t.Errorf("%s: asked %s with demo key %q and pro key %q", name, asked.URL, demo, pro)
		}
		if strings.Contains(asked.URL.RawQuery, "key") {
			t.Errorf("%s: a key in the query %s", name, asked.URL.RawQuery)
		}
	}
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTheNumberOfDaysDecidesHowFineAHistoryIs(t *testing.T) {
	for span, days := range map[time.Duration]string{time.Hour: "1", day: "1", day + 1: "2", 90 * day: "90"} {
		path, query := historyRequest(listing("ocean-protocol", "ocean-protocol"), span)
		if path != "/coins/ocean-protocol/market_chart" || query.Get("days") != days || query.Has("interval") {
			t.Errorf("%s: %s?%s", span, path, query.Encode())
		}
	}
}

func TestABanOfMinutesIsNoClosedDoor(t *testing.T) {
	for file, test := range map[string]struct {
		status int
		kind   collector.Kind
	}{
		"error-cloudflare-1015.html": {403, collector.RateLimited},
		"error-range.json":           {401, collector.BadAnswer},
		"error-coin-not-found.json":  {404, collector.NotFound},
		"error-rate-limit.json":      {429, collector.RateLimited},
		"simple-price-euro.json":     {403, collector.Blocked},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			w.Write(recorded(t, file))
		}))
		client := New(Options{BaseURL: server.URL})
		_, latest := client.Latest(t.Context(), []layers.Listing{listing("bitcoin", "bitcoin")})
		_, history := client.History(t.Context(), []layers.Listing{listing("bitcoin", "bitcoin")}, 0, last(day))
		server.Close()
		for _, err := range []error{latest, history} {
			if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != test.kind {
				t.Errorf("%d with %s: %v, want %s", test.status, file, err, test.kind)
			}
		}
	}
}

func TestAHistoryIsAskedForByIDAndBelongsToItsToken(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.String(); got != "/coins/render-token/market_chart?days=90&vs_currency=usd" {
			t.Errorf("asked for %s", got)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(recorded(t, "market-chart.json"))
	}))
	defer server.Close()
	past, err := New(Options{BaseURL: server.URL}).History(t.Context(), []layers.Listing{listing("render", "render-token")}, 0, last(90*day))
	samples := past.Samples
	if err != nil || len(samples) != 91 || samples[0].Token != "render" || samples[0].Source != Name {
		t.Errorf("%d samples, %v", len(samples), err)
	}
}

// last is a span up to now.
func last(d time.Duration) layers.Span {
	now := time.Now()
	return layers.Span{From: now.Add(-d), To: now}
}
