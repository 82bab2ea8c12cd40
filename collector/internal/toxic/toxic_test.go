package toxic

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"strata/collector"
	"strata/collector/kraken"
	"strata/layers"
)

const well = `{"error":[],"result":{"TAO/USD":{"a":["216.1","1","1.0"],"c":["215.7949","0.2"],"v":["9204.1","13021.7"],"p":["217.1","219.9"],"t":[3455,5259]}}}`

// proxied serves a Kraken that is well behind a proxy. Connections are not reused, so that
// every call meets what the proxy does now.
func proxied(t *testing.T) (*toxiproxy.Proxy, *kraken.Client) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, well)
	}))
	t.Cleanup(server.Close)
	proxy := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "source", "127.0.0.1:0", server.Listener.Addr().String())
	if err := proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(proxy.Stop)
	return proxy, kraken.New(kraken.Options{
		BaseURL: "http://" + proxy.Listen, Timeout: 2 * time.Second, Budget: collector.Budget{Calls: 1000, Per: time.Second},
		Transport: &http.Transport{DisableKeepAlives: true},
	})
}

func ask(t *testing.T, client *kraken.Client) (collector.Answer, error) {
	t.Helper()
	return client.Latest(t.Context(), []layers.Listing{{Token: "bittensor", Source: kraken.Name, Symbol: "TAO/USD"}})
}

func TestWhateverTheWireDoesThePriceIsTheRightOneOrNone(t *testing.T) {
	for name, test := range map[string]struct {
		kind, attributes string           // as Toxiproxy documents them
		want             []collector.Kind // nil for an answer
	}{
		"late":                {"latency", `{"latency":200,"jitter":100}`, nil},
		"later than we wait":  {"latency", `{"latency":60000}`, []collector.Kind{collector.Timeout}},
		"in slices":           {"slicer", `{"average_size":3,"size_variation":2,"delay":100}`, nil},
		"in slices, too slow": {"slicer", `{"average_size":1,"delay":1000000}`, []collector.Kind{collector.Timeout}},
		"through no pipe":     {"bandwidth", `{"rate":0}`, []collector.Kind{collector.Timeout}},
		"closed slowly":       {"slow_close", `{"delay":1000}`, nil},
		"silence":             {"timeout", `{"timeout":0}`, []collector.Kind{collector.Timeout, collector.Network}},
		"silence, then gone":  {"timeout", `{"timeout":50}`, []collector.Kind{collector.Network}},
		"reset":               {"reset_peer", `{"timeout":0}`, []collector.Kind{collector.Network}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proxy, client := proxied(t)
			poison(t, proxy, test.kind, test.attributes)
			answer, err := ask(t, client)
			judge(t, answer, err, test.want)
			proxy.Toxics.ResetToxics(t.Context())
			if answer, err := ask(t, client); err != nil || len(answer.Quotes) != 1 {
				t.Errorf("once the wire is well: %+v, %v", answer, err)
			}
		})
	}
}

// Cut off after any number of bytes, head and all.
func TestAnAnswerCutOnTheWireIsNoAnswer(t *testing.T) {
	for limit := range int64(len(well) + 100) {
		proxy, client := proxied(t)
		poison(t, proxy, "limit_data", fmt.Sprintf(`{"bytes":%d}`, limit))
		answer, err := ask(t, client)
		judge(t, answer, err, []collector.Kind{collector.Network, collector.BadAnswer})
	}
}

func poison(t *testing.T, proxy *toxiproxy.Proxy, kind, attributes string) {
	t.Helper()
	text := fmt.Sprintf(`{"name":%q,"type":%[1]q,"stream":"downstream","attributes":%s}`, kind, attributes)
	if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
}

func judge(t *testing.T, answer collector.Answer, err error, want []collector.Kind) {
	t.Helper()
	for _, quote := range answer.Quotes {
		if quote.Price.String() != "215.7949" {
			t.Errorf("a price of %s", quote.Price)
		}
	}
	if want == nil {
		if err != nil || len(answer.Quotes) != 1 {
			t.Errorf("%+v, %v", answer, err)
		}
		return
	}
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok || len(answer.Quotes) != 0 {
		t.Errorf("%+v, %v, want one of %v", answer, err, want)
		return
	}
	for _, kind := range want {
		if failure.Kind == kind {
			return
		}
	}
	t.Errorf("%v, want one of %v", err, want)
}
