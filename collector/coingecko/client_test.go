package coingecko

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/layers"
)

func TestAThousandCoinsTakeFourCalls(t *testing.T) {
	var mu sync.Mutex
	var calls []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query := r.URL.Query()
		ids := strings.Split(query.Get("ids"), ",")
		query.Del("ids")
		mu.Lock()
		calls = append(calls, fmt.Sprintf("%s %d %s", r.URL.Path, len(ids), query.Encode()))
		mu.Unlock()
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
		if call != "/api/v3/simple/price 250 include_24hr_vol=true&include_last_updated_at=true&include_market_cap=true&precision=full&vs_currencies=usd" {
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

const canary = "CG-canary"

func TestABanOfMinutesIsNoClosedDoor(t *testing.T) {
	for file, test := range map[string]struct {
		status int
		kind   collector.Kind
	}{
		"error-cloudflare-1015.html": {403, collector.RateLimited},
		"error-range.json":           {401, collector.BadAnswer},
		"error-coin-not-found.json":  {404, collector.NotFound},
		"error-rate-limit.json":      {429, collector.RateLimited},
		"error-server.json":          {500, collector.Unavailable},
		"simple-price-euro.json":     {403, collector.Blocked},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(test.status)
			w.Write(recorded(t, file))
		}))
		opts := Options{BaseURL: server.URL, DemoKey: canary}
		_, latest := New(opts).Latest(t.Context(), []layers.Listing{listing("bitcoin", "bitcoin")})
		_, history := New(opts).History(t.Context(), []layers.Listing{listing("bitcoin", "bitcoin")}, time.Hour, last(day))
		server.Close()
		for _, err := range []error{latest, history} {
			if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != test.kind {
				t.Errorf("%d with %s: %v, want %s", test.status, file, err, test.kind)
			}
			if strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), canary) {
				t.Errorf("%d with %s: the key stands in %+v", test.status, file, err)
			}
		}
	}
}

// market is a CoinGecko that has every coin at a price of 1; pages whose first id is in
// broken are answered with that status.
func market(broken map[string]int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ids := strings.Split(r.URL.Query().Get("ids"), ",")
		w.Header().Set("Content-Type", "application/json")
		if status := broken[ids[0]]; status != 0 {
			w.WriteHeader(status)
			return
		}
		coins := make(map[string]map[string]int)
		for _, id := range ids {
			coins[id] = map[string]int{"usd": 1, "last_updated_at": 1779092258}
		}
		json.NewEncoder(w).Encode(coins)
	})
}

func coins(n int) []layers.Listing {
	all := make([]layers.Listing, n)
	for i := range all {
		all[i] = listing(fmt.Sprint("token-", i), fmt.Sprint("coin-", i))
	}
	return all
}

func TestEighteenThousandCoinsAreSeventyTwoPagesAndABrokenOneCostsItself(t *testing.T) {
	server := httptest.NewServer(market(map[string]int{"coin-250": 500, "coin-17750": 502}))
	defer server.Close()
	client := New(Options{BaseURL: server.URL, ProKey: canary})
	answer, err := client.Latest(t.Context(), coins(18_000))
	if err != nil || client.Requests() != 72 || len(answer.Quotes) != 17_500 || len(answer.Missing) != 500 {
		t.Fatalf("%d calls, %d quotes, %d missing: %v", client.Requests(), len(answer.Quotes), len(answer.Missing), err)
	}
	for _, m := range answer.Missing {
		n, _ := strconv.Atoi(strings.TrimPrefix(m.Token, "token-"))
		if page := n / 250; page != 1 && page != 71 {
			t.Errorf("%s is missing, and its page came: %s", m.Token, m.Reason)
		}
	}
}

func TestALimitInTheMiddleKeepsWhatCameAndAsksNoMore(t *testing.T) {
	server := httptest.NewServer(market(map[string]int{"coin-2500": 429}))
	defer server.Close()
	client := New(Options{BaseURL: server.URL, ProKey: canary})
	answer, err := client.Latest(t.Context(), coins(18_000))
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok || failure.Kind != collector.RateLimited || len(answer.Quotes) < 1_500 || client.Requests() > 20 {
		t.Errorf("%d calls, %d quotes, %v", client.Requests(), len(answer.Quotes), err)
	}
}

// Without a key eight pages a minute are to be had: what one cycle leaves out is the
// next one's. Four calls are under way at once, so up to three pages of a round may be
// asked for again in the next.
func TestABudgetThatIsTooSmallGoesRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		market := market(nil)
		client := New(Options{BaseURL: "http://coingecko", Transport: transport(func(r *http.Request) (*http.Response, error) {
			response := httptest.NewRecorder()
			market.ServeHTTP(response, r)
			return response.Result(), nil
		})})
		priced := make(map[string]bool)
		for range 8 {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			answer, err := client.Latest(ctx, coins(18_000))
			cancel()
			if err != nil || len(answer.Quotes) != 2_000 || len(answer.Missing) != 16_000 {
				t.Fatalf("%d quotes, %d missing: %v", len(answer.Quotes), len(answer.Missing), err)
			}
			for _, q := range answer.Quotes {
				priced[q.Token] = true
			}
			<-time.After(time.Minute)
		}
		if len(priced) < 8*5*250 || client.Requests() != 64 {
			t.Errorf("%d coins priced by %d calls", len(priced), client.Requests())
		}
	})
}

// last is a span up to now.
func last(d time.Duration) layers.Span {
	now := time.Now()
	return layers.Span{From: now.Add(-d), To: now}
}
