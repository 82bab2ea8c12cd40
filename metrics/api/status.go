package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/metrics"
)

type sourceList struct {
	Sources []metrics.Source `json:"sources" nullable:"false" doc:"By name"`
}

func (s *server) registerStatus(a huma.API) {
	huma.Register(a, get("/api/v1/sources", "list-sources", "operation", "Health of the sources of prices"),
		func(context.Context, *struct{}) (*answer[sourceList], error) {
			return &answer[sourceList]{sourceList{Sources(s.view)}}, nil
		})
	huma.Register(a, get("/api/v1/status", "get-status", "operation", "How the process is doing: cycles, backfill, store"),
		func(context.Context, *struct{}) (*answer[metrics.Status], error) {
			return &answer[metrics.Status]{Status(s.view)}, nil
		})
}

// Sources returns the health of the sources, times in UTC.
func Sources(view metrics.View) []metrics.Source {
	sources := append([]metrics.Source{}, view.Complete().Sources()...)
	for i := range sources {
		utc(&sources[i].LastSuccess, &sources[i].RetryAt)
		if b := sources[i].Budget; b != nil {
			budget := *b
			utc(&budget.PausedUntil)
			sources[i].Budget = &budget
		}
	}
	return sources
}

// Status returns how the process is doing, times in UTC.
func Status(view metrics.View) metrics.Status {
	s := view.Complete().Status()
	utc(&s.Started, &s.Collector.LastStart, &s.Collector.LastSuccess, &s.Collector.Next,
		&s.Backfill.Started, &s.Backfill.Finished, &s.Store.LastWrite)
	s.Jobs = slices.Clone(s.Jobs)
	for i := range s.Jobs {
		utc(&s.Jobs[i].LastStart, &s.Jobs[i].LastSuccess, &s.Jobs[i].Next)
	}
	if s.Demo != nil {
		demo := *s.Demo
		utc(&demo.From, &demo.To)
		s.Demo = &demo
	}
	return s
}

func utc(times ...*time.Time) {
	for _, t := range times {
		*t = t.UTC()
	}
}

// registerHealth puts the checks of supervisors on the mux, in plain text as
// Prometheus has them.
func (s *server) registerHealth(mux *http.ServeMux) {
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) {
		sayPlainly(w, http.StatusOK, "healthy")
	})
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, _ *http.Request) {
		switch status := s.view.Status(); {
		case !status.Ready:
			sayPlainly(w, http.StatusServiceUnavailable, "not ready: "+status.NotReady)
		case status.Degraded != "": // it answers all the same
			sayPlainly(w, http.StatusOK, "ready, but degraded: "+status.Degraded)
		default:
			sayPlainly(w, http.StatusOK, "ready")
		}
	})
}

func sayPlainly(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	// The client being gone is the only way to fail, and nobody is left to tell.
	_, _ = io.WriteString(w, fmt.Sprintln(text))
}
