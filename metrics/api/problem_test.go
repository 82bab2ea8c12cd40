package api_test

import (
	"net/http"
	"testing"

	"strata/metrics/internal/metricstest"
)

// problem is an error answer as a client reads it.
type problem struct {
	Status int
	Detail string
	Errors []struct{ Message, Location, Value string }
}

func TestAProblemNamesTheParameterItsValueAndWhatIsAllowed(t *testing.T) {
	h := handler(metricstest.View(t))
	layer, token := "/api/v1/layers/infrastructure/volatility", "/api/v1/tokens/bittensor"
	for _, c := range []struct {
		target, location, value, message string
		status                           int
	}{
		{"/api/v1/layers/roof", "path.layer", "roof", "want one of infrastructure, middleware", 404},
		{"/api/v1/layers/roof/volatility", "path.layer", "roof", "want one of infrastructure, middleware", 404},
		{"/api/v1/tokens/TAO", "path.token", "TAO", "want a slug of the catalogue, not a ticker", 404},
		{"/api/v1/tokens/TAO/prices", "path.token", "TAO", "want a slug of the catalogue, not a ticker", 404},
		{"/api/v1/tokens/TAO/volatility", "path.token", "TAO", "want a slug of the catalogue, not a ticker", 404},
		{layer + "?window=2d", "query.window", "2d", `expected value to be one of "1h, 24h, 7d, 30d"`, 422},
		{token + "/volatility?window=24H", "query.window", "24H", `expected value to be one of "1h, 24h, 7d, 30d"`, 422},
		{layer + "?at=yesterday", "query.at", "yesterday", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)", 422},
		{layer + "?at=NaN", "query.at", "NaN", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)", 422},
		{layer + "?at=-1", "query.at", "-1", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)", 422},
		{token + "/volatility?at=1e99", "query.at", "1e99", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)", 422},
		{layer + "?at=2026-11-22T10:00:31Z", "query.at", "2026-11-22T10:00:31Z", "lies in the future, it is 2026-11-22T10:00:30Z now", 422},
		{layer + "?estimator=parkinson", "query.estimator", "", "unknown query parameter", 422},
		{"/api/v1/layers/roof/level", "path.layer", "roof", "want one of infrastructure, middleware", 404},
		{"/api/v1/layers/middleware/level?start=1795341600&end=1795341600", "query.start", "1795341600", "must lie before the end, 2026-11-22T10:00:00Z", 422},
		{"/api/v1/layers/middleware/level?start=0", "query.start", "0", "is more than 366 days before the end, 2026-11-22T10:00:30Z", 422},
		{"/api/v1/correlation?window=1h", "query.window", "1h", `expected value to be one of "24h, 7d, 30d"`, 422},
		{"/api/v1/correlation?at=2027-01-01T00:00:00Z", "query.at", "2027-01-01T00:00:00Z", "lies in the future, it is 2026-11-22T10:00:30Z now", 422},
		{token + "/prices?end=2027-01-01T00:00:00Z", "query.end", "2027-01-01T00:00:00Z", "lies in the future, it is 2026-11-22T10:00:30Z now", 422},
		{token + "/prices?start=x", "query.start", "x", "not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)", 422},
		{token + "/prices?start=1795341600&end=1795341600", "query.start", "1795341600", "must lie before the end, 2026-11-22T10:00:00Z", 422},
		{token + "/prices?step=often", "query.step", "often", "not a length of time of at least a second, want 5m, 1h, 1d or seconds (300)", 422},
		{token + "/prices?step=0", "query.step", "0", "not a length of time of at least a second, want 5m, 1h, 1d or seconds (300)", 422},
		{token + "/prices?step=1", "query.step", "1", "gives more than 11000 points, want a step of at least 8 seconds or a shorter span", 422},
		{token + "/prices?start=0&step=1d", "query.step", "1d", "gives more than 11000 points, want a step of at least 163213 seconds or a shorter span", 422},
	} {
		got := decode[problem](t, get(t, h, c.target), c.status)
		if got.Status != c.status || len(got.Errors) != 1 {
			t.Errorf("%s: %+v", c.target, got)
			continue
		}
		if e := got.Errors[0]; e.Location != c.location || e.Value != c.value || e.Message != c.message {
			t.Errorf("%s: %+v, want %s %q: %s", c.target, e, c.location, c.value, c.message)
		}
	}
}

func TestAProblemIsOfItsOwnMediaType(t *testing.T) {
	h := handler(metricstest.View(t))
	for _, target := range []string{"/api/v1/layers/roof", "/api/v1/layers?x=1", "/api/v2", "/api/v1/"} {
		answer := get(t, h, target)
		if got := answer.Header().Get("Content-Type"); got != "application/problem+json" {
			t.Errorf("%s: %d %s", target, answer.Code, got)
		}
	}
	if got := decode[problem](t, get(t, h, "/api/v1/floors"), http.StatusNotFound); got.Detail != "there is no /api/v1/floors, /openapi.json lists every path" {
		t.Errorf("got %q", got.Detail)
	}
}
