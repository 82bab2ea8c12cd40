package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
	"strata/metrics"
	"strata/metrics/internal/metricstest"
)

// heard is what a cycle at 08:40 heard of golem, in a past that kept no other.
func heard(token string, at time.Time) (metrics.Heard, bool, error) {
	cycle := time.Date(2026, 11, 22, 8, 40, 0, 0, time.FixedZone("JST", 9*60*60)).Add(9 * time.Hour)
	if token != "golem" || at.Before(cycle) {
		return metrics.Heard{}, false, nil
	}
	return metrics.Heard{
		Cycle: cycle, Tether: layers.Decimal{Coefficient: 99848, Exponent: -5}, Down: []string{"coinbase"},
		Agreement: &metrics.Agreement{State: "ok", Sources: []string{"gate", "kraken"}},
		Quotes: []metrics.HeardQuote{
			{Source: "coingecko", Currency: "USD", Reason: "missing", Detail: "not in the answer"},
			{
				Source: "gate", Currency: "USDT", Used: true, Reason: "unchanged", Time: cycle.Add(-90 * time.Second),
				Price: layers.Decimal{Coefficient: 801, Exponent: -3}, Dollars: layers.Decimal{Coefficient: 79978248, Exponent: -8},
			},
			{Source: "kraken", Currency: "USD", Used: true, Price: layers.Decimal{Coefficient: 80, Exponent: -2}, Dollars: layers.Decimal{Coefficient: 80, Exponent: -2}},
			{
				Source: "okx", Currency: "USD", Reason: "outlier", Time: cycle.Add(time.Second),
				Price: layers.Decimal{Coefficient: 99, Exponent: -2}, Dollars: layers.Decimal{Coefficient: 99, Exponent: -2},
			},
		},
	}, true, nil
}

func explained(t *testing.T) metrics.View {
	t.Helper()
	view := metricstest.View(t)
	view.History, view.Heard = quiet(), heard
	return view
}

func TestAPriceIsExplainedByWhatEverySourceSaid(t *testing.T) {
	answer := get(t, handler(explained(t)), "/api/v1/tokens/golem/prices?start=2026-11-22T08:45:00Z&end=2026-11-22T08:45:30Z&explain=1")
	want := `"explanation":{"token":"golem","at":"2026-11-22T08:45:30Z",` +
		`"price":{"price_usd":0.80,"time":"2026-11-22T08:40:00Z","age_seconds":330,` +
		`"last_sample":"2026-11-22T08:40:00Z","last_change":"2026-11-22T08:40:00Z","sources":[` +
		`{"source":"coingecko","price_usd":0.72,"time":"2026-11-22T08:10:00Z","fresh":false},` +
		`{"source":"kraken","price_usd":0.80,"time":"2026-11-22T08:40:00Z","fresh":true},` +
		`{"source":"okx","price_usd":0.99,"time":"2026-11-22T08:10:00Z","fresh":false}]},` +
		`"cycle":{"time":"2026-11-22T08:40:00Z","agreement":{"state":"ok","sources":["gate","kraken"]},"usdt_usd":0.99848,"down":["coinbase"],"quotes":[` +
		`{"source":"coingecko","verdict":"rejected","reason":"missing","detail":"not in the answer","quoted":null,"currency":"USD"},` +
		`{"source":"gate","verdict":"repeated","reason":"unchanged","quoted":0.801,"currency":"USDT","price_usd":0.79978248,"time":"2026-11-22T08:38:30Z","age_seconds":90},` +
		`{"source":"kraken","verdict":"accepted","quoted":0.80,"currency":"USD","price_usd":0.80},` +
		`{"source":"okx","verdict":"rejected","reason":"outlier","quoted":0.99,"currency":"USD","price_usd":0.99,"time":"2026-11-22T08:40:01Z","age_seconds":-1}]}}}`
	_, got, _ := strings.Cut(strings.TrimSpace(answer.Body.String()), `"prices":[],`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%d (-want +got):\n%s", answer.Code, diff)
	}
}

func TestAnOldPriceIsExplainedByTheSamplesThatWereKept(t *testing.T) {
	answer := get(t, handler(explained(t)), "/api/v1/tokens/golem/volatility?at=2026-11-22T08:10:00Z&explain=1")
	want := `"explanation":{"token":"golem","at":"2026-11-22T08:10:00Z",` +
		`"price":{"price_usd":0.72,"time":"2026-11-22T08:10:00Z","age_seconds":0,` +
		`"last_sample":"2026-11-22T08:10:00Z","last_change":"2026-11-22T08:10:00Z","sources":[` +
		`{"source":"coingecko","price_usd":0.72,"time":"2026-11-22T08:10:00Z","fresh":true},` +
		`{"source":"kraken","price_usd":0.70,"time":"2026-11-22T08:10:00Z","fresh":true},` +
		`{"source":"okx","price_usd":0.99,"time":"2026-11-22T08:10:00Z","fresh":true}]},` +
		`"cycle_reason":"what was heard then is not kept, or there was no cycle yet"}}`
	if got := strings.TrimSpace(answer.Body.String()); !strings.HasSuffix(got, want) {
		t.Errorf("%d\n%s, want at the end\n%s", answer.Code, got, want)
	}
}

func TestEveryLiveMemberOfALayerIsExplained(t *testing.T) {
	answer := get(t, handler(explained(t)), "/api/v1/layers/infrastructure/volatility?explain=true&at=2026-11-22T08:45:00Z")
	var tokens []string
	for _, x := range decode[struct {
		Explanations []struct{ Token string }
	}](t, answer, http.StatusOK).Explanations {
		tokens = append(tokens, x.Token)
	}
	if diff := cmp.Diff([]string{"akash-network", "bittensor", "golem"}, tokens); diff != "" {
		t.Errorf("explained (-want +got):\n%s", diff)
	}
}

func TestATokenNowIsExplainedAndOnlyWhenAsked(t *testing.T) {
	h := handler(explained(t))
	for target, want := range map[string]bool{
		"/api/v1/tokens/golem?explain=1": true, "/api/v1/tokens/golem?explain=0": false, "/api/v1/tokens/golem": false,
		"/api/v1/layers/infrastructure/volatility": false, "/api/v1/tokens/golem/prices": false, "/api/v1/tokens/golem/volatility": false,
	} {
		answer := get(t, h, target)
		if got := strings.Contains(answer.Body.String(), `"explanation`); answer.Code != http.StatusOK || got != want {
			t.Errorf("%s: %d, explained: %v", target, answer.Code, got)
		}
	}
	if answer := get(t, h, "/api/v1/tokens/golem?explain=maybe"); answer.Code != http.StatusUnprocessableEntity {
		t.Errorf("explain=maybe: %d %s", answer.Code, answer.Body)
	}
}

func TestANoteThatCannotBeReadIsAProblem(t *testing.T) {
	view := explained(t)
	view.Heard = func(string, time.Time) (metrics.Heard, bool, error) {
		return metrics.Heard{}, false, errors.New("value is damaged")
	}
	got := decode[problem](t, get(t, handler(view), "/api/v1/tokens/golem?explain=1"), http.StatusInternalServerError)
	if !strings.HasSuffix(got.Detail, "what was heard of golem: value is damaged") {
		t.Errorf("got %+v", got)
	}
}
