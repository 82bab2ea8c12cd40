package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"strata/cmd/strata/internal/config"
	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
	"strata/metrics/api"
	"strata/storage"
)

// oracle answers paths of the HTTP API: a running daemon does it, or, when none runs,
// the same handlers in this process over the database file.
type oracle struct {
	handler http.Handler // nil when a daemon answers
	base    string       // of the daemon
	origin  string       // who answers, for people
	close   func() error
}

// errNoData says that there is nobody to ask.
var errNoData = errors.New("start `strata serve`, or `strata demo` for recorded data")

// newOracle finds who can answer. needsPrices says that the catalogue alone will not do.
func newOracle(ctx context.Context, s settings, needsPrices bool) (*oracle, error) {
	c, err := s.load()
	if err != nil {
		return nil, err
	}
	if base := "http://" + reachable(c.Web.ListenAddress); answers(ctx, base) {
		return &oracle{base: base, origin: "the daemon at " + base, close: func() error { return nil }}, nil
	}
	catalogue, err := catalogueOf(c.Catalogue.File)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(c.Storage.Path); errors.Is(err, os.ErrNotExist) {
		if needsPrices {
			return nil, fmt.Errorf("no daemon answers at %s and there is no database at %s: %w", c.Web.ListenAddress, c.Storage.Path, errNoData)
		}
		return catalogueOracle(catalogue), nil
	}
	return fileOracle(ctx, c, catalogue)
}

// reachable turns an address to listen on into one to ask.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func answers(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/-/healthy", http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, context.DeadlineExceeded)
	}
	return response.Body.Close() == nil
}

func catalogueOracle(catalogue *layers.Catalogue) *oracle {
	return &oracle{
		handler: handlerOf(metrics.View{Catalogue: catalogue, Snapshot: func() *risk.Snapshot { return nil }}),
		origin:  "the catalogue alone: there is no price yet",
		close:   func() error { return nil },
	}
}

func fileOracle(ctx context.Context, c config.Config, catalogue *layers.Catalogue) (*oracle, error) {
	store, err := storage.Open(c.Storage.Path, storage.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	now := time.Now()
	snapshot, err := risk.Compute(ctx, catalogue, store, now)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	view := metrics.View{
		Catalogue: catalogue,
		Snapshot:  func() *risk.Snapshot { return snapshot },
		History:   store,
		Now:       func() time.Time { return now },
	}
	return &oracle{handler: handlerOf(view), origin: "the file " + c.Storage.Path, close: store.Close}, nil
}

func handlerOf(view metrics.View) http.Handler {
	mux := http.NewServeMux()
	api.Register(mux, view)
	return mux
}

// get asks for a path and decodes the answer; a problem becomes an error that says what
// the API says.
func (o *oracle) get(ctx context.Context, path string, query url.Values, into any) error {
	target := path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	status, body, err := o.fetch(ctx, target)
	if err != nil {
		return fmt.Errorf("ask %s: %w", o.origin, err)
	}
	if status != http.StatusOK {
		return problem(status, body)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("ask %s for %s: %w", o.origin, target, err)
	}
	return nil
}

func (o *oracle) fetch(ctx context.Context, target string) (int, []byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, o.base+target, http.NoBody)
	if err != nil {
		return 0, nil, err
	}
	if o.handler != nil {
		answer := &recorder{header: http.Header{}, status: http.StatusOK}
		o.handler.ServeHTTP(answer, request)
		return answer.status, answer.body.Bytes(), nil
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 64<<20))
	return response.StatusCode, body, errors.Join(err, response.Body.Close())
}

// problem turns an RFC 9457 answer into an error. What the asker got wrong is a usage
// error.
func problem(status int, body []byte) error {
	var p struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Errors []struct {
			Message  string `json:"message"`
			Location string `json:"location"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &p) != nil || p.Detail == "" {
		return fmt.Errorf("the answer was HTTP status %d", status)
	}
	parts := []string{p.Detail}
	for _, e := range p.Errors {
		parts = append(parts, e.Location+": "+e.Message)
	}
	err := errors.New(strings.Join(parts, "; "))
	if status >= 400 && status < 500 {
		return usageError{err}
	}
	return err
}

// recorder is the http.ResponseWriter of an answer that never leaves the process.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header                { return r.header }
func (r *recorder) WriteHeader(status int)             { r.status = status }
func (r *recorder) Write(text []byte) (n int, _ error) { return r.body.Write(text) }
