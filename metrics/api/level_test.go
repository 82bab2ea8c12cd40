package api_test

import (
	"math"
	"net/http"
	"testing"
	"time"

	"strata/metrics/api"
	"strata/metrics/internal/metricstest"
)

// TestALevelIsWhatTheMembersCameTo: both cost 1000 at even hours, and 1020 at the odd ones of
// the last day.
func TestALevelIsWhatTheMembersCameTo(t *testing.T) {
	view := metricstest.View(t)
	view.History = restless()
	for query, want := range map[string]float64{"": 100, "?end=2026-11-22T09:00:00Z": 102, "?start=2026-11-21T00:00:00Z&end=1795338000.5": 102} {
		got := decode[api.Level](t, get(t, handler(view), "/api/v1/layers/infrastructure/level"+query), http.StatusOK)
		if got.Level == nil || math.Abs(*got.Level-want) > 1e-9 {
			t.Fatalf("%q: %v, %v, want %v", query, got.Level, got.Reasons, want)
		}
		first, last := got.Points[0], got.Points[len(got.Points)-1]
		if first.Level != 100 || first.Time.Hour() != 0 || last.Level != *got.Level || last.Members != 2 {
			t.Errorf("%q: from %+v to %+v", query, first, last)
		}
	}
	got := decode[api.Level](t, get(t, handler(view), "/api/v1/layers/middleware/level"), http.StatusOK)
	if got.Level != nil || got.Reasons["level"] != "on no midnight of the span enough members were included" || len(got.Points) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestCorrelationsOfThePastAreComputedFromHistory(t *testing.T) {
	view := metricstest.View(t)
	view.History = restless()
	got := decode[api.Correlations](t, get(t, handler(view), "/api/v1/correlation?at=2026-11-20T10:20:00Z"), http.StatusOK)
	if len(got.Pairs) != 1 || got.Window != "7d" {
		t.Fatalf("got %+v", got)
	}
	p := got.Pairs[0]
	if p.A != "infrastructure" || p.B != "middleware" || p.Correlation != nil || p.Reasons["correlation"] == "" || !p.At.Equal(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("got %+v", p)
	}
}
