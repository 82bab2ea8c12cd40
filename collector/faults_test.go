package collector_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/kraken"
	"strata/layers"
)

const threeSources = `
version: "2026-06-24"
layers:
  - slug: infrastructure
    order: 1
    name: {en: Infrastructure}
    subcategories: [{slug: training, name: {en: Training}}]
tokens:
  - slug: bittensor
    name: Bittensor
    symbols: [{symbol: TAO}]
    memberships: [{layer: infrastructure, subcategory: training, role: primary, weight: 1}]
    listings:
      - {source: coingecko, symbol: bittensor}
      - {source: kraken, symbol: TAO/USD}
      - {source: coinbase, symbol: TAO-USD}
`

// market is the three sources, well, in their own formats. A test may put another
// server, or another transport, in CoinGecko's place.
type market struct {
	kept  []layers.Sample
	log   bytes.Buffer
	asked map[string]int
}

func (m *market) healthy(path string) string {
	now := time.Now().UTC()
	switch {
	case strings.HasPrefix(path, "/simple/price"):
		return fmt.Sprintf(`{"bittensor":{"usd":215.8,"last_updated_at":%d}}`, now.Unix())
	case strings.HasPrefix(path, "/0/public/Ticker"):
		return `{"error":[],"result":{"TAO/USD":{"c":["215.7949","0.2"],"t":[3455,5259]}}}`
	}
	return fmt.Sprintf(`{"price":"215.81","time":%q}`, now.Format(time.RFC3339Nano))
}

func (m *market) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer(200, "application/json", m.healthy(r.URL.Path))(w, r)
}

func (m *market) collector(t *testing.T, opts collector.Options, gecko coingecko.Options, base string, transport http.RoundTripper) *collector.Collector {
	t.Helper()
	catalogue, err := layers.Parse("three.yaml", []byte(threeSources))
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := collector.ParseSchedule("* * * * *")
	if err != nil {
		t.Fatal(err)
	}
	opts.Catalogue, opts.Schedule = catalogue, schedule
	opts.Sources = []collector.Source{
		coingecko.New(gecko),
		kraken.New(kraken.Options{BaseURL: base, Transport: transport}),
		coinbase.New(coinbase.Options{BaseURL: base, Transport: transport}),
	}
	opts.Keep = func(_ time.Time, samples []layers.Sample, _ []byte) error {
		m.kept = append(m.kept, samples...)
		return nil
	}
	opts.Logger = slog.New(slog.NewTextHandler(&m.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, err := collector.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestOneSourceThatFailsHangsOrLiesSpoilsNothing(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect was followed with %v", r.Header)
	}))
	defer thief.Close()
	serve := func(handler http.HandlerFunc) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.URL
	}
	body := func(text string) string { return serve(answer(200, "application/json", text)) }
	now := time.Now().Unix()

	for name, test := range map[string]struct {
		base   string
		kind   collector.Kind   // of the failure, or
		reason collector.Reason // of the rejection
	}{
		"down":                      {base: "http://" + refused.Addr().String(), kind: collector.Network},
		"hanging":                   {base: serveTCP(t, hang), kind: collector.Timeout},
		"a byte now and then":       {base: serveTCP(t, trickle), kind: collector.Timeout},
		"endless headers":           {base: serveTCP(t, endlessHeaders), kind: collector.Network},
		"HTML with 200":             {base: serve(answer(200, "text/html", "<html>")), kind: collector.BadAnswer},
		"HTML called JSON":          {base: body("<html>"), kind: collector.BadAnswer},
		"429":                       {base: serve(answer(429, "application/json", "{}", "Retry-After", "7")), kind: collector.RateLimited},
		"429 inside a 200":          {base: body(`{"status":{"error_code":429,"error_message":"slow down"}}`), kind: collector.RateLimited},
		"451":                       {base: serve(answer(451, "text/html", "not here")), kind: collector.Blocked},
		"503":                       {base: serve(answer(503, "text/html", "")), kind: collector.Unavailable},
		"cut short":                 {base: serveTCP(t, cutShort), kind: collector.BadAnswer},
		"truncated JSON":            {base: body(`{"bittensor":{"usd":21`), kind: collector.BadAnswer},
		"an error object":           {base: body(`{"error":"coin not found"}`), kind: collector.BadAnswer},
		"null":                      {base: body(`null`), kind: collector.BadAnswer},
		"a redirect":                {base: serve(http.RedirectHandler(thief.URL, http.StatusFound).ServeHTTP), kind: collector.BadAnswer},
		"a gzip bomb":               {base: serve(bomb(t, 16<<20)), kind: collector.BadAnswer},
		"an endless body":           {base: serve(endless), kind: collector.BadAnswer},
		"a null price":              {base: body(`{"bittensor":{"usd":null,"last_updated_at":1}}`), reason: collector.ReasonMissing},
		"another coin":              {base: body(fmt.Sprintf(`{"bitcoin":{"usd":60520,"last_updated_at":%d}}`, now)), reason: collector.ReasonMissing},
		"a price in quotes":         {base: body(fmt.Sprintf(`{"bittensor":{"usd":"215.8","last_updated_at":%d}}`, now)), reason: collector.ReasonMalformed},
		"two prices":                {base: body(fmt.Sprintf(`{"bittensor":{"usd":215.8,"USD":1,"last_updated_at":%d}}`, now)), reason: collector.ReasonMalformed},
		"a negative price":          {base: body(fmt.Sprintf(`{"bittensor":{"usd":-215.8,"last_updated_at":%d}}`, now)), reason: collector.ReasonNonPositive},
		"zero":                      {base: body(fmt.Sprintf(`{"bittensor":{"usd":0,"last_updated_at":%d}}`, now)), reason: collector.ReasonNonPositive},
		"a price of an hour ago":    {base: body(fmt.Sprintf(`{"bittensor":{"usd":215.8,"last_updated_at":%d}}`, now-3600)), reason: collector.ReasonStale},
		"a price of tomorrow":       {base: body(fmt.Sprintf(`{"bittensor":{"usd":215.8,"last_updated_at":%d}}`, now+86400)), reason: collector.ReasonFuture},
		"50 % too much":             {base: body(fmt.Sprintf(`{"bittensor":{"usd":323.7,"last_updated_at":%d}}`, now)), reason: collector.ReasonOutlier},
		"the price of another coin": {base: body(fmt.Sprintf(`{"bittensor":{"usd":0.0012,"last_updated_at":%d}}`, now)), reason: collector.ReasonOutlier},
	} {
		t.Run(name, func(t *testing.T) {
			var m market
			server := httptest.NewServer(&m)
			defer server.Close()
			gecko := coingecko.Options{BaseURL: test.base, DemoKey: secret}
			if test.kind == collector.Timeout {
				gecko.Timeout = 300 * time.Millisecond
			}
			c := m.collector(t, collector.Options{}, gecko, server.URL, nil)
			cycle := c.Collect(t.Context())

			var kept []string
			for _, s := range m.kept {
				kept = append(kept, s.Source+" "+s.Price.String())
			}
			if want := []string{"coinbase 215.81", "kraken 215.7949"}; !slices.Equal(kept, want) || cycle.Err != nil {
				t.Errorf("kept %q, %v, want %q", kept, cycle.Err, want)
			}
			got := c.Status().Sources[0]
			if test.kind != "" && (got.Up || got.LastErrorKind != test.kind || got.Failures[test.kind] != 1 || got.RetryAt.IsZero()) {
				t.Errorf("%+v, want a failure %s", got, test.kind)
			}
			if test.reason != "" && (!got.Up || got.Rejected[test.reason] != 1 || len(cycle.Rejected) != 1) {
				t.Errorf("%+v, want a rejection %s", got, test.reason)
			}
			if text := m.log.String() + got.LastError; strings.Contains(text, secret) {
				t.Errorf("the key leaked: %s", text)
			}
			if token := c.Status().Tokens[0]; token.State != collector.TokenOK || len(token.Sources) != 2 {
				t.Errorf("%+v", token)
			}
		})
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	for {
		if _, err := io.WriteString(w, strings.Repeat(" ", 64<<10)); err != nil {
			return
		}
	}
}

// inMemory is the market without a network, for virtual time.
type inMemory struct {
	market *market
	gecko  func() (status int, header http.Header)
}

func (i inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		r.Body.Close()
	}
	response := &http.Response{StatusCode: 200, Request: r, Header: http.Header{"Content-Type": {"application/json"}}}
	if strings.HasPrefix(r.URL.Path, "/simple/price") {
		i.market.asked["coingecko"]++
		status, header := i.gecko()
		response.StatusCode = status
		maps.Copy(response.Header, header)
	}
	response.Body = io.NopCloser(strings.NewReader(i.market.healthy(r.URL.Path)))
	return response, nil
}

func TestWhoIsToldToComeLaterComesLater(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		header func() http.Header
		calls  int // in the hour from minute 1 on, with a cycle a minute
	}{
		// 1, 11, 21, ...
		"ten minutes, in seconds": {429, func() http.Header { return http.Header{"Retry-After": {"600"}} }, 6},
		"ten minutes, as a date": {429, func() http.Header {
			return http.Header{"Retry-After": {time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)}}
		}, 6},
		// 1, 2 and then twice as long each time: 4, 8, 16, 32.
		"a moment, over and over": {429, func() http.Header { return http.Header{"Retry-After": {"7"}} }, 6},
		"no time at all":          {429, func() http.Header { return nil }, 6},
		"a day":                   {429, func() http.Header { return http.Header{"Retry-After": {"86400"}} }, 1},
		"not at all":              {403, func() http.Header { return nil }, 1},
		// 1, 2, 4, 8, 16, 31, 46.
		"ill": {500, func() http.Header { return nil }, 7},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := market{asked: map[string]int{}}
				transport := inMemory{&m, func() (int, http.Header) { return test.status, test.header() }}
				c := m.collector(t, collector.Options{}, coingecko.Options{BaseURL: "http://gecko.test", Transport: transport}, "http://market.test", transport)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour-time.Second)
				defer cancel()
				if err := c.Run(ctx); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				if got := m.asked["coingecko"]; got != test.calls {
					t.Errorf("%d calls in an hour, want %d", got, test.calls)
				}
				status := c.Status()
				if status.Cycles != 59 || len(m.kept) != 2*59 || status.Sources[0].Requests != uint64(test.calls) {
					t.Errorf("%d cycles, %d samples of the two others, %+v", status.Cycles, len(m.kept), status.Sources[0])
				}
				if got := strings.Count(m.log.String(), "source is down"); got != 1 {
					t.Errorf("%d lines say that the source is down", got)
				}
			})
		})
	}
}
