package api_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/metrics"
	"strata/metrics/api"
	"strata/metrics/internal/metricstest"
)

func handler(view metrics.View) http.Handler {
	mux := http.NewServeMux()
	api.Register(mux, view)
	return mux
}

func get(t *testing.T, handler http.Handler, target string) *httptest.ResponseRecorder {
	t.Helper()
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody))
	return answer
}

// decode reads a JSON answer of that status.
func decode[T any](t *testing.T, answer *httptest.ResponseRecorder, status int) T {
	t.Helper()
	var value T
	if answer.Code != status {
		t.Fatalf("status %d, want %d: %s", answer.Code, status, answer.Body)
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &value); err != nil {
		t.Fatalf("%v in %s", err, answer.Body)
	}
	return value
}

func TestAnswersAreTheMarketAsJSON(t *testing.T) {
	h := handler(metricstest.View(t))
	for target, file := range map[string]string{
		"/api/v1/layers/infrastructure/volatility":           "layer_volatility.json",
		"/api/v1/layers/infrastructure/volatility?window=7d": "layer_volatility_withheld.json",
		"/api/v1/layers/middleware":                          "layer.json",
		"/api/v1/correlation":                                "correlation.json",
		"/api/v1/correlation?window=24h":                     "correlation_withheld.json",
		"/api/v1/tokens/bittensor":                           "token.json",
		"/api/v1/sources":                                    "sources.json",
		"/api/v1/status":                                     "status.json",
	} {
		golden, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		var want bytes.Buffer
		if err := json.Compact(&want, golden); err != nil {
			t.Fatal(err)
		}
		answer := get(t, h, target)
		if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: status %d, %s", target, answer.Code, answer.Header().Get("Content-Type"))
		}
		if diff := cmp.Diff(want.String(), strings.TrimSuffix(answer.Body.String(), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
	}
}

func TestListsHoldEverybody(t *testing.T) {
	h := handler(metricstest.View(t))
	layers := decode[struct{ Layers []api.Layer }](t, get(t, h, "/api/v1/layers"), http.StatusOK)
	var members []string
	for _, l := range layers.Layers {
		for _, m := range l.Members {
			members = append(members, l.Slug+" "+m.Token+" "+m.Role+" "+m.State)
		}
	}
	want := []string{
		"infrastructure akash-network primary live", "infrastructure bittensor primary live",
		"infrastructure golem primary live", "infrastructure together-ai primary tokenless",
		"middleware bittensor secondary live", "middleware fetch-ai primary live", "middleware ocean-protocol primary migrated",
	}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	tokens := decode[struct {
		Tokens []struct {
			Token string
			Price *struct {
				Price  *json.Number `json:"price_usd"`
				Reason string
			}
		}
	}](t, get(t, h, "/api/v1/tokens"), http.StatusOK)
	if len(tokens.Tokens) != 7 {
		t.Errorf("%d tokens, want 7", len(tokens.Tokens))
	}
	akash := tokens.Tokens[0]
	if akash.Price == nil || akash.Price.Price != nil || akash.Price.Reason != "newest sample is 25m0s old, limit 10m0s" {
		t.Errorf("price of a silent token: %+v", akash.Price)
	}
}

func TestBeforeTheFirstCycleThereIsAStackButNoNumbers(t *testing.T) {
	h := handler(metrics.View{Catalogue: metricstest.Catalogue(t), Now: metricstest.Now})
	for _, target := range []string{"/api/v1/layers", "/api/v1/layers/middleware", "/api/v1/tokens", "/api/v1/tokens/golem", "/api/v1/sources", "/api/v1/status"} {
		if answer := get(t, h, target); answer.Code != http.StatusOK {
			t.Errorf("%s: %d %s", target, answer.Code, answer.Body)
		}
	}
	for target, detail := range map[string]string{
		"/api/v1/correlation":                                          "no numbers yet: the first cycle has not finished",
		"/api/v1/correlation?at=2026-11-22T00:00:00Z":                  "there is no price history to ask",
		"/api/v1/layers/middleware/volatility":                         "no numbers yet: the first cycle has not finished",
		"/api/v1/tokens/golem/volatility":                              "no numbers yet: the first cycle has not finished",
		"/api/v1/tokens/golem/prices":                                  "there is no price history to ask",
		"/api/v1/layers/middleware/volatility?at=2026-11-22T00:00:00Z": "there is no price history to ask",
	} {
		if got := decode[metrics.Problem](t, get(t, h, target), http.StatusServiceUnavailable); got.Detail != detail {
			t.Errorf("%s: %q, want %q", target, got.Detail, detail)
		}
	}
}

func TestATokenWhosePriceIsNotWatchedSaysWhy(t *testing.T) {
	got := decode[api.TokenVolatility](t, get(t, handler(metricstest.View(t)), "/api/v1/tokens/together-ai/volatility"), http.StatusOK)
	if got.Volatility != nil || got.Status != "insufficient" || got.Reason != "together-ai is tokenless, its price is not watched" {
		t.Errorf("got %+v", got)
	}
}

func TestHeadAnswersWithoutABody(t *testing.T) {
	server := httptest.NewServer(handler(metricstest.View(t)))
	defer server.Close()
	response, err := server.Client().Head(server.URL + "/api/v1/layers")
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("%s, %v", response.Status, err)
	}
}

func TestSupervisorsLearnWhetherItIsReady(t *testing.T) {
	view, status := metricstest.View(t), metrics.Status{NotReady: "opening the store"}
	view.Status = func() metrics.Status { return status }
	h := handler(view)
	expect := func(target string, code int, text string) {
		t.Helper()
		if answer := get(t, h, target); answer.Code != code || answer.Body.String() != text {
			t.Errorf("%s: %d %q, want %d %q", target, answer.Code, answer.Body, code, text)
		}
	}
	expect("/-/healthy", http.StatusOK, "healthy\n")
	expect("/-/ready", http.StatusServiceUnavailable, "not ready: opening the store\n")
	status.Ready = true
	expect("/-/ready", http.StatusOK, "ready\n")
	status.Degraded = "nothing can be stored: disk full"
	expect("/-/ready", http.StatusOK, "ready, but degraded: nothing can be stored: disk full\n")
}
