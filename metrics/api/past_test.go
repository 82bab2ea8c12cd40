package api_test

import (
	"encoding/json"
	"errors"
	"iter"
	"math"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
	"strata/metrics"
	"strata/metrics/api"
	"strata/metrics/internal/metricstest"
)

func TestThePastIsComputedFromHistory(t *testing.T) {
	h := handler(metricstest.View(t))
	// Every 30-minute return is ±ln 1.01 and a year has 17,520 half hours; a token's own
	// grid has one such return and five of nothing in each half hour.
	sigma := math.Sqrt(17520) * math.Log(1.01)
	for _, at := range []string{"2026-11-22T10:00:00Z", "2026-11-22T19:00:00%2B09:00", "1795341600"} {
		layer := decode[api.LayerVolatility](t, get(t, h, "/api/v1/layers/infrastructure/volatility?at="+at), http.StatusOK)
		token := decode[api.TokenVolatility](t, get(t, h, "/api/v1/tokens/bittensor/volatility?at="+at), http.StatusOK)
		for name, got := range map[string]*float64{"layer": layer.Volatility, "token": token.Volatility} {
			if got == nil || math.Abs(*got/sigma-1) > 1e-11 {
				t.Errorf("at %s: %s %v, want %v", at, name, got, sigma)
			}
		}
		if !layer.At.Equal(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)) || layer.ValidSteps != 48 || layer.Status != "ok" {
			t.Errorf("at %s: %+v", at, layer)
		}
	}
	early := decode[api.LayerVolatility](t, get(t, h, "/api/v1/layers/infrastructure/volatility?at=2026-11-21T10:00:00Z"), http.StatusOK)
	if early.Volatility != nil || early.Status != "insufficient" || early.Reasons["volatility_ratio"] == "" {
		t.Errorf("six hours of history give %+v", early)
	}
}

// restless is a past of two tokens over 63 days of hours: up and down by 1 % each day,
// in turns by 1.1 % every other, and in the last 24 hours by 2 %.
func restless() metricstest.History {
	h := metricstest.History{}
	end := metricstest.Now().Truncate(time.Hour)
	for ago := 63 * 24; ago >= 0; ago-- {
		at, price := end.Add(-time.Duration(ago)*time.Hour), int64(1000)
		switch up := at.Hour()%2 == 1; {
		case up && ago < 24:
			price = 1020
		case up:
			price = 1010 + int64(at.YearDay()%2)
		}
		for _, token := range []string{"bittensor", "golem"} {
			sample := layers.Sample{Token: token, Source: "coingecko", Time: at, Price: layers.Decimal{Coefficient: price}}
			h[token] = append(h[token], sample)
		}
	}
	return h
}

func TestThePastKnowsHowUnusualItWas(t *testing.T) {
	view := metricstest.View(t)
	view.History = restless()
	h := handler(view)
	got := decode[api.LayerVolatility](t, get(t, h, "/api/v1/layers/infrastructure/volatility?at=2026-11-22T10:00:00Z"), http.StatusOK)
	if got.Percentile == nil || *got.Percentile != 1 || *got.PercentileDays != 90 || *got.Regime != "extreme" || got.ZScore == nil || *got.ZScore < 10 {
		t.Errorf("a day twice as restless as all others: %+v", got)
	}
	early := decode[api.LayerVolatility](t, get(t, h, "/api/v1/layers/infrastructure/volatility?at=2026-11-01T10:00:00Z"), http.StatusOK)
	if want := "40 of the last 90 days have a value, 60 needed"; early.ZScore != nil || early.Reasons["zscore"] != want || early.Regime != nil {
		t.Errorf("got %v, %q, want %q", early.ZScore, early.Reasons["zscore"], want)
	}
}

// faulty is a past that cannot be read.
type faulty struct{}

func (faulty) Samples(string, layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		yield(layers.Sample{}, errors.New("segment 7 is damaged"))
	}
}

func TestHistoryThatCannotBeReadIsAProblem(t *testing.T) {
	view := metricstest.View(t)
	view.History = faulty{}
	for target, detail := range map[string]string{
		"/api/v1/tokens/golem/prices":                                  "read history: segment 7 is damaged",
		"/api/v1/tokens/golem/volatility?at=1795341600":                "read history: read history of golem: segment 7 is damaged",
		"/api/v1/layers/middleware/volatility?window=7d&at=1795341600": "read history: read history of fetch-ai: segment 7 is damaged",
	} {
		if got := decode[metrics.Problem](t, get(t, handler(view), target), http.StatusInternalServerError); got.Detail != detail {
			t.Errorf("%s: %q, want %q", target, got.Detail, detail)
		}
	}
}

// slow is a past without end that takes 300 ms for each sample.
type slow struct{}

func (slow) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for at := span.From; ; at = at.Add(time.Second) {
			<-time.After(300 * time.Millisecond)
			if !yield(layers.Sample{Token: token, Source: "kraken", Time: at, Price: layers.Decimal{Coefficient: 1}}, nil) {
				return
			}
		}
	}
}

func TestQuestionsAboutThePastAreBounded(t *testing.T) {
	view := metricstest.View(t)
	view.History = slow{}
	h := handler(view)
	synctest.Test(t, func(t *testing.T) {
		var answers [9]*httptest.ResponseRecorder
		var asking sync.WaitGroup
		started := time.Now()
		for i := range answers {
			asking.Go(func() {
				answers[i] = httptest.NewRecorder()
				h.ServeHTTP(answers[i], httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/tokens/golem/prices", http.NoBody))
			})
		}
		asking.Wait()
		if took := time.Since(started); took < 5*time.Second || took > 5300*time.Millisecond {
			t.Errorf("took %v, the deadline is 5s and a sample takes 300ms", took)
		}
		details := map[string]int{}
		for _, answer := range answers {
			if got := answer.Header().Get("Retry-After"); got != "1" {
				t.Errorf("Retry-After %q", got)
			}
			details[decode[metrics.Problem](t, answer, http.StatusServiceUnavailable).Detail]++
		}
		if details["8 questions about the past are being answered already, ask again"] != 1 ||
			details["the answer took longer than 5s, ask for a shorter span"] != 8 {
			t.Errorf("got %v", details)
		}
	})
}

func TestWhatIsKnownNowNeedsNoHistory(t *testing.T) {
	view := metricstest.View(t)
	view.History = faulty{}
	for _, target := range []string{"/api/v1/layers/infrastructure/volatility", "/api/v1/tokens/golem/volatility", "/api/v1/tokens"} {
		if got := decode[json.RawMessage](t, get(t, handler(view), target), http.StatusOK); len(got) == 0 {
			t.Errorf("%s is empty", target)
		}
	}
}
