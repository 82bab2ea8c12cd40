package metrics_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"strata/metrics"
	"strata/metrics/internal/metricstest"
)

func ask(handler http.Handler, method string) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, httptest.NewRequest(method, "/api/v1/layers", http.NoBody))
	return answer
}

func TestOnlyReadingIsAllowed(t *testing.T) {
	handler := metrics.ReadOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		if got := ask(handler, method).Code; got != http.StatusOK {
			t.Errorf("%s: %d", method, got)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
		answer := ask(handler, method)
		want := `{"title":"Method Not Allowed","status":405,"detail":"method ` + method + ` is not allowed on /api/v1/layers, use GET or HEAD"}` + "\n"
		if answer.Code != http.StatusMethodNotAllowed || answer.Header().Get("Allow") != "GET, HEAD" || answer.Body.String() != want {
			t.Errorf("%s: %d %s %s", method, answer.Code, answer.Header().Get("Allow"), answer.Body)
		}
	}
}

func TestEveryAnswerOfADemoSaysSo(t *testing.T) {
	view := metricstest.View(t)
	handler := metrics.Marked(view, http.NotFoundHandler())
	want := "june-2025 2025-06-16T00:00:00Z/2025-06-22T00:00:00Z"
	if got := ask(handler, http.MethodGet).Header().Get(metrics.DemoHeader); got != want {
		t.Errorf("%s: %q, want %q", metrics.DemoHeader, got, want)
	}
	view.Status = func() metrics.Status { return metrics.Status{} }
	answer := ask(metrics.Marked(view, http.NotFoundHandler()), http.MethodGet)
	if _, marked := answer.Header()[metrics.DemoHeader]; marked {
		t.Error("live numbers are marked as a demo")
	}
}
