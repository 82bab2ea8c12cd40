package metrics_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"strata/metrics"
	"strata/metrics/internal/metricstest"
)

func scrape(t *testing.T, header http.Header) *http.Response {
	t.Helper()
	registry := prometheus.NewRegistry()
	took := metrics.NewComputeDuration()
	took.Observe(0.003)
	registry.MustRegister(took)
	if err := metrics.Register(registry, metricstest.View(t)); err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	request.Header = header
	answer := httptest.NewRecorder()
	metrics.Handler(registry).ServeHTTP(answer, request)
	return answer.Result()
}

func TestScrapeSpeaksTextAndOpenMetricsAndGzip(t *testing.T) {
	plain := scrape(t, http.Header{})
	if got := plain.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain; version=0.0.4") {
		t.Errorf("content type %q", got)
	}
	body, err := io.ReadAll(plain.Body)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`strata_layer_volatility_ratio{layer="infrastructure",window="24h"} 0.8123`,
		`strata_volatility_compute_duration_seconds_count 1`,
		`strata_build_info{goversion="go1.`,
		`go_goroutines `, `process_start_time_seconds `,
	} {
		if !strings.Contains(string(body), "\n"+line) {
			t.Errorf("no line begins with %s", line)
		}
	}

	open := scrape(t, http.Header{
		"Accept": {"application/openmetrics-text;version=1.0.0"}, "Accept-Encoding": {"gzip"},
	})
	if got := open.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/openmetrics-text; version=1.0.0") {
		t.Errorf("content type %q", got)
	}
	unzipped, err := gzip.NewReader(open.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err = io.ReadAll(unzipped); err != nil || !strings.HasSuffix(string(body), "# EOF\n") {
		t.Errorf("OpenMetrics ends in %.20q, %v", body[max(0, len(body)-20):], err)
	}
}

func TestRegisteringTwiceIsAnError(t *testing.T) {
	registry := prometheus.NewRegistry()
	if err := metrics.Register(registry, metricstest.View(t)); err != nil {
		t.Fatal(err)
	}
	if err := metrics.Register(registry, metricstest.View(t)); err == nil || !strings.Contains(err.Error(), "register metrics") {
		t.Errorf("got %v", err)
	}
}
