package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

// candleExchange is a Coinbase Exchange on this machine, whose prices are round numbers: a
// candle closes at the number of hours since 1970, in cents.
type candleExchange struct {
	*httptest.Server

	products []string // it lists; all there are when empty

	mu    sync.Mutex
	asked map[string]int // by path and query
}

func newCandleExchange(t *testing.T, products ...string) *candleExchange {
	x := &candleExchange{asked: make(map[string]int), products: products}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /products/{product}/candles", x.candles)
	x.Server = httptest.NewServer(mux)
	t.Cleanup(x.Close)
	return x
}

func (x *candleExchange) candles(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	x.asked[r.URL.String()]++
	x.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if len(x.products) > 0 && !slices.Contains(x.products, r.PathValue("product")) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"message":"NotFound"}`)
		return
	}
	number := func(name string) int64 {
		n, _ := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
		return n
	}
	rows := [][]any{}
	for open := number("end"); open >= number("start"); open -= number("granularity") {
		price := json.Number(fmt.Sprintf("%.2f", float64((open+number("granularity"))/3600)/100))
		rows = append(rows, []any{open, price, price, price, price, 1})
	}
	_ = json.NewEncoder(w).Encode(rows)
}

func (x *candleExchange) calls() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return len(x.asked)
}

// twice returns what was asked for more than once.
func (x *candleExchange) twice() (urls []string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for url, n := range x.asked {
		if n > 1 {
			urls = append(urls, url)
		}
	}
	return urls
}

// backfillFrom runs the command as a process of its own against an exchange.
func backfillFrom(t *testing.T, x *candleExchange, database string, args ...string) *exec.Cmd {
	t.Helper()
	file := filepath.Join(t.TempDir(), "strata.yaml")
	if err := os.WriteFile(file, []byte(sourcesAt(x.URL, "coinbase")), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{"backfill", "--config.file", file, "--storage.path", database, "--web.listen-address", "127.0.0.1:9"}, args...)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+t.TempDir())
	return cmd
}

func outputOf(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", cmd.Args[1:], err, out, problems.String())
	}
	return string(out)
}

func TestABackfillInTheForegroundThatIsKilledGoesOnWhereItWas(t *testing.T) {
	x := newCandleExchange(t)
	database := filepath.Join(t.TempDir(), "strata.db")
	killed := backfillFrom(t, x, database, "--token", "bittensor", "--days", "30")
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	for x.calls() < 6 { // of eight
		select {
		case <-t.Context().Done():
			t.Fatal("it never asked")
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = killed.Wait()
	table := outputOf(t, backfillFrom(t, x, database, "--token", "bittensor", "--days", "30"))
	if !strings.Contains(table, "coinbase") || !strings.Contains(table, "given up") || !strings.Contains(table, "samples stored") {
		t.Errorf("it prints\n%s", table)
	}
	if again := x.twice(); len(again) > 1 { // the one that was under way
		t.Errorf("asked more than once for %q", again)
	}
	store, err := storage.Open(database, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	samples := 0
	for s, err := range store.Samples("bittensor", layers.Span{}) {
		want := fmt.Sprintf("%.2f", float64(s.Time.Unix()/3600)/100)
		if err != nil || s.Price.String() != want || s.Source != "coinbase" {
			t.Fatalf("%+v, %v, want %s", s, err, want)
		}
		samples++
	}
	if samples < 288+29*24-2 || samples > 289+29*24 {
		t.Errorf("%d samples", samples)
	}
	candles := 0
	for _, err := range store.Candles("bittensor", "coinbase", time.Hour, layers.Span{}) {
		if err != nil {
			t.Fatal(err)
		}
		candles++
	}
	if candles < 29*24-2 {
		t.Errorf("%d candles", candles)
	}
}

func TestWhatFailedIsInTheTableAndInTheStatusWithTheReason(t *testing.T) {
	x := newCandleExchange(t, "USDT-USD")
	database := filepath.Join(t.TempDir(), "strata.db")
	cmd := backfillFrom(t, x, database, "--token", "fetch-ai", "--days", "1")
	if table := outputOf(t, cmd); !strings.Contains(table, "fetch-ai  2 given up") || !strings.Contains(table, "not found") {
		t.Errorf("it prints\n%s", table)
	}
	status := outputOf(t, backfillFrom(t, x, database, "--status"))
	if !strings.Contains(status, "fetch-ai  2 given up") {
		t.Errorf("the status is\n%s", status)
	}
	var report ledgerReport
	if err := json.Unmarshal([]byte(outputOf(t, backfillFrom(t, x, database, "--status", "--json"))), &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Sources) != 1 || report.Sources[0].Chunks["given_up"] == 0 || len(report.Troubles) == 0 {
		t.Errorf("%+v", report)
	}
}

func TestABackfillBesideADaemonSaysWhoHasTheDatabase(t *testing.T) {
	x := newCandleExchange(t)
	database := filepath.Join(t.TempDir(), "strata.db")
	store, err := storage.Open(database, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	out, err := backfillFrom(t, x, database).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "a daemon that runs fills what is missing by itself") || x.calls() > 0 {
		t.Errorf("%v: %s", err, out)
	}
}

func TestADaemonFillsByItselfAndSaysHowFarItIs(t *testing.T) {
	x := newCandleExchange(t)
	file := filepath.Join(t.TempDir(), "strata.yaml")
	if err := os.WriteFile(file, []byte(sourcesAt(x.URL, "coinbase")), 0o600); err != nil {
		t.Fatal(err)
	}
	database := filepath.Join(t.TempDir(), "strata.db")
	p := start(t, "serve", "--config.file", file, "--storage.path", database)
	var status struct {
		Backfill struct {
			Running bool           `json:"running"`
			Total   int            `json:"total"`
			Samples int            `json:"samples"`
			Ledger  map[string]int `json:"ledger"`
		} `json:"backfill"`
	}
	p.await(30*time.Second, "a past", func() bool {
		if p.status("/-/healthy") != http.StatusOK {
			return false
		}
		if err := json.Unmarshal([]byte(p.get("/api/v1/status")), &status); err != nil {
			t.Fatal(err)
		}
		return status.Backfill.Ledger["done"] > 1
	})
	if b := status.Backfill; !b.Running || b.Total < b.Ledger["done"] || b.Samples < 287 {
		t.Errorf("%+v", b)
	}
	if text := p.get("/metrics"); !strings.Contains(text, `strata_backfill_ledger_chunks{status="given_up"} 0`) {
		t.Error("/metrics does not count the chunks of the ledger")
	}
	if text := p.get("/api/v1/status"); !strings.Contains(text, `{"name":"backfill","schedule":"7 * * * *","runs":`) ||
		!strings.Contains(text, `{"name":"scrub","schedule":"23 4 * * 0","runs":`) {
		t.Errorf("the status does not name the jobs: %s", text)
	}
	if table := runCommand(t, p, "backfill", "--status", "--storage.path", database); !strings.Contains(table, "the daemon at "+p.base+" has done ") {
		t.Errorf("the status is\n%s", table)
	}
	p.stop()
}
