package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"

	"strata/metrics"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

type site struct {
	view   metrics.View
	page   *template.Template
	policy string // Content-Security-Policy
}

// Register puts the page on the mux.
func Register(mux *http.ServeMux, view metrics.View) {
	s := &site{
		view:   view.Complete(),
		page:   template.Must(template.New("page").Funcs(functions()).Parse(pageHTML)),
		policy: policy(pageCSS),
	}
	mux.HandleFunc("GET /{$}", s.serve)
}

// policy allows the one style sheet that is part of the page, by its hash, and nothing
// else.
func policy(css string) string {
	hash := sha256.Sum256([]byte(css))
	return fmt.Sprintf("default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		base64.StdEncoding.EncodeToString(hash[:]))
}

func (s *site) serve(w http.ResponseWriter, _ *http.Request) {
	var page bytes.Buffer
	if err := s.page.Execute(&page, read(s.view)); err != nil {
		metrics.WriteProblem(w, http.StatusInternalServerError, fmt.Sprintf("render the page: %v", err))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", s.policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	// The client being gone is the only way to fail, and nobody is left to tell.
	_, _ = page.WriteTo(w)
}
