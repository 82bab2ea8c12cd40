package api

import (
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"strata/metrics"
)

// server answers the questions of the API.
type server struct {
	view  metrics.View
	slots chan struct{} // taken while a question about the past is answered
}

// Register puts the API, its description and the health checks on the mux.
func Register(mux *http.ServeMux, view metrics.View) {
	s := &server{view: view.Complete(), slots: make(chan struct{}, maxQuestions)}
	a := humago.New(mux, config(s.view.Status().Version))
	s.registerLayers(a)
	s.registerCorrelation(a)
	s.registerLevel(a)
	s.registerTokens(a)
	s.registerRanges(a)
	s.registerStatus(a)
	s.registerHealth(mux)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		metrics.WriteProblem(w, http.StatusNotFound, fmt.Sprintf("there is no %s, /openapi.json lists every path", r.URL.Path))
	})
}

func config(version string) huma.Config {
	c := huma.DefaultConfig("strata", version)
	c.Info.Description = "How volatile each layer of the crypto-AI stack is, live and in the past. " +
		"Volatilities are annualised ratios: 0.8 is 80 % a year. Not investment advice."
	c.DocsPath = "" // the library's page loads its scripts from elsewhere
	c.SchemasPath = ""
	c.CreateHooks = nil // no $schema member in the answers
	c.RejectUnknownQueryParameters = true
	return c
}

// answer is a body without headers of its own.
type answer[T any] struct{ Body T }

func get(path, id, tag, summary string, problems ...int) huma.Operation {
	return huma.Operation{
		Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, Errors: problems,
	}
}
