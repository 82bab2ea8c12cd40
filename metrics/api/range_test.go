package api_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/metrics/api"
	"strata/metrics/internal/metricstest"
)

const (
	layerRange = "/api/v1/layers/infrastructure/volatility/range"
	tokenRange = "/api/v1/tokens/bittensor/volatility/range"
)

// The history begins 30 hours before 10:00, so that a day is known from a fifth of a day
// after its beginning on; each 30-minute return is ±ln 1.01.
func TestARangeIsComputedFromHistory(t *testing.T) {
	h, span := handler(metricstest.View(t)), "?start=2026-11-21T10:00:00Z&end=2026-11-22T10:00:01Z&step=1h"
	layer := decode[api.LayerRange](t, get(t, h, layerRange+span), http.StatusOK)
	token := decode[api.TokenRange](t, get(t, h, tokenRange+span), http.StatusOK)
	if len(layer.Points) != 25 || len(token.Points) != 25 || layer.Window != "24h" || layer.Step != 3600 || layer.Weighting != "equal" {
		t.Fatalf("%d and %d points of %+v", len(layer.Points), len(token.Points), layer)
	}
	sigma := math.Sqrt(17520) * math.Log(1.01)
	first, last := layer.Points[0], layer.Points[24]
	if first.Volatility != nil || first.Reasons["volatility_ratio"] != "0 of 3 members included, 2 needed, 1 stale, 2 insufficient" || first.Live != 3 {
		t.Errorf("six hours of history give %+v", first)
	}
	if last.Volatility == nil || math.Abs(*last.Volatility/sigma-1) > 1e-12 || last.Coverage != 1 || last.Included != 2 || len(last.Reasons) > 0 {
		t.Errorf("got %+v, want %v", last, sigma)
	}
	if got := token.Points[24]; got.Volatility == nil || math.Abs(*got.Volatility/sigma-1) > 1e-12 {
		t.Errorf("got %+v, want %v", got, sigma)
	}
}

func TestEachPointOfARangeIsWhatTheQuestionAboutItsInstantSays(t *testing.T) {
	view := metricstest.View(t)
	view.History = restless()
	h := handler(view)
	for _, window := range []string{"1h", "7d", "30d"} {
		span := "?window=" + window + "&start=2026-10-01T00:00:00Z&step=3d"
		for _, p := range decode[api.LayerRange](t, get(t, h, layerRange+span), http.StatusOK).Points {
			at := "?window=" + window + "&at=" + p.Time.Format(time.RFC3339)
			want := decode[api.LayerVolatility](t, get(t, h, strings.TrimSuffix(layerRange, "/range")+at), http.StatusOK)
			for name, pair := range map[string][2]*float64{
				"volatility": {p.Volatility, want.Volatility}, "downside": {p.Downside, want.Downside},
				"median": {p.MemberMedian, want.MemberMedian}, "max": {p.MemberMax, want.MemberMax},
			} {
				if got, want := pair[0], pair[1]; (got == nil) != (want == nil) || got != nil && math.Abs(*got-*want) > 1e-12**want {
					t.Errorf("%s at %v: %s %v, want %v", window, p.Time, name, got, want)
				}
			}
			if p.Reasons["volatility_ratio"] != want.Reasons["volatility_ratio"] || p.Coverage != want.Coverage {
				t.Errorf("%s at %v: %+v, want %+v", window, p.Time, p, want)
			}
		}
	}
}

func TestPointsOfARangeAreAtMultiplesOfItsStep(t *testing.T) {
	got := get(t, handler(metricstest.View(t)), tokenRange+"?window=7d&start=2026-11-01T00:20:00Z&end=2026-11-01T02:00:00Z")
	want := `{"token":"bittensor","window":"7d","estimator":"close","start":"2026-11-01T00:20:00Z","end":"2026-11-01T02:00:00Z","step_seconds":3600,` +
		`"points":[{"time":"2026-11-01T01:00:00Z","coverage_ratio":0,"volatility_ratio":null,"reasons":{"volatility_ratio":"no sample in the last 24h0m0s"}}]}`
	if diff := cmp.Diff(want, strings.TrimSpace(got.Body.String())); got.Code != http.StatusOK || diff != "" {
		t.Errorf("%d, -want +got:\n%s", got.Code, diff)
	}
	if got := decode[api.TokenRange](t, get(t, handler(metricstest.View(t)), tokenRange), http.StatusOK); len(got.Points) != 288 {
		t.Errorf("%d points, want a day of the window's grid", len(got.Points))
	}
}

func TestARangeHasLimits(t *testing.T) {
	h := handler(metricstest.View(t))
	for _, c := range []struct{ query, name, value, message string }{
		{"step=1s", "step", "1s", "gives more than 11000 points, want a step of at least 8 seconds or a shorter span"},
		{"start=2000-01-01T00:00:00Z&step=1d", "start", "2000-01-01T00:00:00Z", "lies more than 3660 days before the end, 2026-11-22T10:00:30Z"},
		{"start=2026-11-22T10:00:30Z", "start", "2026-11-22T10:00:30Z", "must lie before the end, 2026-11-22T10:00:30Z"},
		{"end=2026-11-22T10:00:31Z", "end", "2026-11-22T10:00:31Z", "lies in the future, it is 2026-11-22T10:00:30Z now"},
		{"window=2d", "window", "2d", `expected value to be one of "1h, 24h, 7d, 30d"`},
		{"step=often", "step", "often", "not a length of time of at least a second, want 5m, 1h, 1d or seconds (300)"},
		{"window=30d&start=noon", "start", "noon", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)"},
		{"estimator=parkinson", "estimator", "", "unknown query parameter"},
	} {
		for _, path := range []string{layerRange, tokenRange} {
			got := decode[problem](t, get(t, h, path+"?"+c.query), http.StatusUnprocessableEntity)
			if len(got.Errors) != 1 || got.Errors[0].Message != c.message || got.Errors[0].Location != "query."+c.name || got.Errors[0].Value != c.value {
				t.Errorf("%s: %+v, want %s %q: %s", c.query, got, c.name, c.value, c.message)
			}
		}
	}
	for _, path := range []string{"/api/v1/layers/roof/volatility/range", "/api/v1/tokens/TAO/volatility/range"} {
		decode[problem](t, get(t, h, path), http.StatusNotFound)
	}
}

func TestARangeOfAsManyPointsAsAreAllowedIsAnswered(t *testing.T) {
	query := fmt.Sprintf("?window=1h&step=5m&start=%d&end=2026-11-22T10:00:00Z", metricstest.Now().Truncate(time.Hour).Unix()-11000*300+1)
	got := decode[api.TokenRange](t, get(t, handler(metricstest.View(t)), tokenRange+query), http.StatusOK)
	if len(got.Points) != 10999 {
		t.Errorf("%d points", len(got.Points))
	}
}

func TestARangeEndsAtTheDeadlineOfQuestions(t *testing.T) {
	view := metricstest.View(t)
	view.History = slow{}
	h := handler(view)
	synctest.Test(t, func(t *testing.T) {
		answer, started := httptest.NewRecorder(), time.Now()
		h.ServeHTTP(answer, httptest.NewRequestWithContext(t.Context(), http.MethodGet, layerRange, http.NoBody))
		if took := time.Since(started); took < 5*time.Second || took > 5300*time.Millisecond {
			t.Errorf("took %v, the deadline is 5s and a sample takes 300ms", took)
		}
		got := decode[problem](t, answer, http.StatusServiceUnavailable)
		if got.Detail != "the answer took longer than 5s, ask for a shorter span" {
			t.Errorf("got %q", got.Detail)
		}
	})
}
