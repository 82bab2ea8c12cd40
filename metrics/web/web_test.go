package web_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"strata/layers/risk"
	"strata/metrics"
	"strata/metrics/api"
	"strata/metrics/internal/metricstest"
	"strata/metrics/web"
)

func open(t *testing.T, view metrics.View) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	web.Register(mux, view)
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/", http.NoBody))
	if answer.Code != http.StatusOK || answer.Header().Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %s: %s", answer.Code, answer.Header().Get("Content-Type"), answer.Body)
	}
	return answer
}

// document is a page taken apart: its text, and what its elements refer to.
type document struct {
	text  string
	links []string
	ids   []string
}

// parse reads a page strictly: it must be well-formed XML as well, so that every element
// is closed where it should be.
func parse(t *testing.T, page string) document {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	var d document
	var text []string
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			d.text = strings.Join(strings.Fields(strings.Join(text, " ")), " ")
			return d
		}
		if err != nil {
			t.Fatalf("page: %v", err)
		}
		switch token := token.(type) {
		case xml.CharData:
			text = append(text, string(token))
		case xml.StartElement:
			for _, a := range token.Attr {
				switch a.Name.Local {
				case "href", "src":
					d.links = append(d.links, a.Value)
				case "id":
					d.ids = append(d.ids, a.Value)
				}
			}
		}
	}
}

func TestThePageShowsTheMarket(t *testing.T) {
	d := parse(t, open(t, metricstest.View(t)).Body.String())
	for _, want := range []string{
		"DEMO june-2025: a recording of 2025-06-16 00:00:00 UTC to 2025-06-22 00:00:00 UTC",
		"Numbers of 2026-11-22 10:00:30 UTC",
		"Infrastructure インフラ層 81.2 % elevated, higher than 93 % of the last 90 days coverage 93.8 % withheld too few steps have enough members coverage 59.5 % withheld no numbers yet",
		"Middleware ミドルウェア層 withheld too few steps have enough members",
		"Bittensor TAO included",
		"Bittensor TAO secondary, live",
		"Akash Network AKT stale: newest sample is 25m0s old, limit 10m0s",
		"Golem <Network> GLM included",
		"Together.ai no token",
		"Ocean Protocol OCEAN migrated to fetch-ai 1 : 0.433226, 2024-07-01",
		"6 of 10 chunks, bittensor",
		"coingecko up 0s ago 4 of 5 120",
		"kraken down : ask kraken: deadline exceeded 5m0s ago 0 of 2 118",
		"Not investment advice. strata 1.2.3",
	} {
		if !strings.Contains(d.text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Index(d.text, "Middleware") > strings.Index(d.text, "Infrastructure") {
		t.Error("the tower does not begin at the top")
	}
	if t.Failed() {
		t.Log(d.text)
	}
}

// TestTheRegimeNeedsNoFineGrid: it is measured on hours, so it may be known where the
// 24h number is not.
func TestTheRegimeNeedsNoFineGrid(t *testing.T) {
	view, snapshot := metricstest.View(t), metricstest.Snapshot()
	for i := range snapshot.Layers {
		snapshot.Layers[i].Volatility = risk.Figure{Reason: "2 stale"}
	}
	view.Snapshot = func() *risk.Snapshot { return snapshot }
	want := "Infrastructure インフラ層 withheld 2 stale elevated, higher than 93 % of the last 90 days coverage"
	if d := parse(t, open(t, view).Body.String()); !strings.Contains(d.text, want) {
		t.Errorf("the page does not say %q: %s", want, d.text)
	}
}

func TestEveryLinkLeadsSomewhereInTheHouse(t *testing.T) {
	view := metricstest.View(t)
	registry := prometheus.NewRegistry()
	if err := metrics.Register(registry, view); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler(registry))
	api.Register(mux, view)
	web.Register(mux, view)
	d := parse(t, open(t, view).Body.String())
	for _, link := range d.links {
		if anchor, ok := strings.CutPrefix(link, "#"); ok {
			if !slices.Contains(d.ids, anchor) {
				t.Errorf("link to %s, which is not on the page", link)
			}
			continue
		}
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, link, http.NoBody))
		// The market knows no 30d numbers, and says so.
		if answer.Code != http.StatusOK && answer.Code != http.StatusServiceUnavailable {
			t.Errorf("link to %s: %d %s", link, answer.Code, answer.Body)
		}
	}
}

func TestThePageLoadsNothingFromOutsideAndRunsNoScript(t *testing.T) {
	answer := open(t, metricstest.View(t))
	page, h := answer.Body.String(), answer.Header()
	_, rest, _ := strings.Cut(page, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	hash := sha256.Sum256([]byte(style))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if got := h.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy %q, want %q", got, want)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer"} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	for _, never := range []string{"<script", "http://", "https://", " style=", "url("} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
}

func TestTablesAndLanguagesAreNamedForScreenReaders(t *testing.T) {
	page := open(t, metricstest.View(t)).Body.String()
	if strings.Count(page, "<table") != strings.Count(page, "<caption>") {
		t.Error("a table without a caption")
	}
	if strings.Count(page, "<th ") != strings.Count(page, " scope=") {
		t.Error("a heading cell without a scope")
	}
	for _, want := range []string{`<html lang="en">`, `<span lang="ja">インフラ層</span>`, `name="viewport"`, `<main>`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s", want)
		}
	}
}

func TestBeforeTheFirstCycleThePageSaysSo(t *testing.T) {
	d := parse(t, open(t, metrics.View{Catalogue: metricstest.Catalogue(t)}).Body.String())
	for _, want := range []string{"No numbers yet: the first cycle has not finished.", "Together.ai no token", "No source is asked."} {
		if !strings.Contains(d.text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(d.text, "DEMO") {
		t.Error("a live page says DEMO")
	}
}

func TestWhatOthersWroteIsShownAsText(t *testing.T) {
	view := metricstest.View(t)
	view.Sources = func() []metrics.Source {
		return []metrics.Source{{Name: "<b>kraken</b>", LastError: `<script>alert("x")</script>`}}
	}
	page := open(t, view).Body.String()
	if strings.Contains(page, "<script") || strings.Contains(page, "<b>kraken") {
		t.Error("an error of a source is part of the page's own markup")
	}
}

func TestOnlyTheRootIsThePage(t *testing.T) {
	mux := http.NewServeMux()
	web.Register(mux, metrics.View{Catalogue: metricstest.Catalogue(t)})
	for target, want := range map[string]int{"/": http.StatusOK, "/index.html": http.StatusNotFound, "/api": http.StatusNotFound} {
		answer := httptest.NewRecorder()
		mux.ServeHTTP(answer, httptest.NewRequest(http.MethodHead, target, http.NoBody))
		if answer.Code != want {
			t.Errorf("%s: %d, want %d", target, answer.Code, want)
		}
	}
}
