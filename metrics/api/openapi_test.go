package api_test

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers/risk"
	"strata/metrics/internal/metricstest"
)

// description is what the tests look at of the OpenAPI document.
type description struct {
	OpenAPI string
	Info    struct{ Title, Version, Description string }
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Parameters  []struct {
			Name        string
			Description string
			Schema      struct{ Enum []string }
		}
	}
}

func TestTheDescriptionIsOpenAPI31AndListsEveryPath(t *testing.T) {
	got := decode[description](t, get(t, handler(metricstest.View(t)), "/openapi.json"), http.StatusOK)
	if got.OpenAPI != "3.1.0" || got.Info.Title != "strata" || got.Info.Version != "1.2.3" || got.Info.Description == "" {
		t.Errorf("%s %+v", got.OpenAPI, got.Info)
	}
	want := []string{
		"/api/v1/correlation",
		"/api/v1/layers", "/api/v1/layers/{layer}", "/api/v1/layers/{layer}/level", "/api/v1/layers/{layer}/volatility", "/api/v1/layers/{layer}/volatility/range", "/api/v1/sources", "/api/v1/status",
		"/api/v1/tokens", "/api/v1/tokens/{token}", "/api/v1/tokens/{token}/prices", "/api/v1/tokens/{token}/volatility", "/api/v1/tokens/{token}/volatility/range",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(got.Paths))); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
	for path, methods := range got.Paths {
		for method, operation := range methods {
			if method != "get" || operation.OperationID == "" || operation.Summary == "" {
				t.Errorf("%s %s: %+v", method, path, operation)
			}
			for _, p := range operation.Parameters {
				if p.Description == "" {
					t.Errorf("%s: parameter %s is not described", path, p.Name)
				}
			}
		}
	}
}

func TestTheWindowsOfTheDescriptionAreThoseOfTheMethod(t *testing.T) {
	var want []string
	for _, w := range risk.Windows {
		want = append(want, w.Name)
	}
	got := decode[description](t, get(t, handler(metricstest.View(t)), "/openapi.json"), http.StatusOK)
	for _, path := range []string{"/api/v1/layers/{layer}/volatility", "/api/v1/tokens/{token}/volatility"} {
		for _, p := range got.Paths[path]["get"].Parameters {
			if diff := cmp.Diff(want, p.Schema.Enum); p.Name == "window" && diff != "" {
				t.Errorf("%s: windows (-method +described):\n%s", path, diff)
			}
		}
	}
}
