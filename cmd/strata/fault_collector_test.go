package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// canary is a key that must be seen nowhere.
const canary = "CANARY-0xDEADBEEF"

// collecting starts the real daemon on one source, CoinGecko with a key, at a server of
// ours, with a cycle every five seconds.
func collecting(t *testing.T, base string) *process {
	t.Helper()
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if err := os.WriteFile(key, []byte(canary+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	fmt.Fprintf(&text, `
collector: {schedule: "@every 5s", deadline: 20s}
sources:
  coingecko: {enabled: true, base_url: %q, plan: demo, key_file: %q}
`, base, key)
	for _, other := range []string{"kraken", "coinbase", "gate", "kucoin", "okx", "binance", "defillama", "coinpaprika"} {
		fmt.Fprintf(&text, "  %s: {enabled: false}\n", other)
	}
	config := filepath.Join(dir, "config.yaml")
	if err := os.WriteFile(config, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return start(t, "serve", "--config.file", config, "--storage.path", filepath.Join(dir, "strata.db"), "--log.level", "debug")
}

// hanging is a server that takes requests for prices and never answers them. It says when
// it has one.
func hanging(t *testing.T) (base string, asked <-chan struct{}) {
	t.Helper()
	requests := make(chan struct{}, 1)
	done := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Cg-Demo-Api-Key") == canary && strings.HasSuffix(r.URL.Path, "/simple/price") {
			select {
			case requests <- struct{}{}:
			default:
			}
		}
		select {
		case <-r.Context().Done():
		case <-done:
		}
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(done) })
	return server.URL, requests
}

func (p *process) awaits(what <-chan struct{}) {
	p.t.Helper()
	select {
	case <-what:
	case err := <-p.done:
		p.t.Fatalf("process ended (%v); it said:\n%s", err, strings.Join(p.out.all(), "\n"))
	case <-time.After(30 * time.Second):
		p.t.Fatalf("nothing was asked for in 30 s; the process said:\n%s", strings.Join(p.out.all(), "\n"))
	}
}

func TestADaemonInTheMiddleOfACycleStopsWhenItIsTold(t *testing.T) {
	base, asked := hanging(t)
	p := collecting(t, base)
	p.awaits(asked)
	p.stop() // within five seconds, with exit code 0
	if lines := strings.Join(p.out.all(), "\n"); strings.Contains(lines, "cycle finished") || strings.Contains(lines, canary) {
		t.Errorf("a cycle that nobody answered was finished, or the key was told:\n%s", lines)
	}
}

// Who stops the daemon waits up to three seconds for a client that never sends its request.
// Who cannot wait tells it again: then it is the signal that ends it, where the end in good
// order would be one with exit code 0.
func TestADaemonThatIsToldTwiceEndsAtOnce(t *testing.T) {
	base, asked := hanging(t)
	p := collecting(t, base)
	p.awaits(asked)
	client, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	p.get("/-/healthy") // connections are taken in turn, so that one is too
	p.tell(syscall.SIGTERM)
	p.await(30*time.Second, "word that it stops", func() bool { return p.has(`"stopping"`) })
	p.tell(syscall.SIGTERM)
	<-p.done
	status, _ := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("ended with %s, want by SIGTERM; it said:\n%s", p.cmd.ProcessState, strings.Join(p.out.all(), "\n"))
	}
}

func (p *process) tell(signal syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
}

// Whatever a source does, its key stands in no line, on no page and in no metric; not even
// when the source sends it back.
func TestAKeyIsToldToNobody(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	echo := func(status int, kind, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			key := r.Header.Get("X-Cg-Demo-Api-Key")
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Location", "http://127.0.0.1:1/?key="+key)
			w.Header().Set("Retry-After", key)
			w.WriteHeader(status)
			io.WriteString(w, strings.ReplaceAll(body, "KEY", key))
		}
	}
	for name, handler := range map[string]http.HandlerFunc{
		"refused":           nil,
		"401":               echo(401, "application/json", `{"status":{"error_code":10002,"error_message":"API key KEY is wrong"}}`),
		"429":               echo(429, "application/json", `{"status":{"error_code":429,"error_message":"KEY has no credits left"}}`),
		"500":               echo(500, "text/html", "<html>KEY</html>"),
		"a redirect":        echo(302, "text/html", "KEY"),
		"HTML":              echo(200, "text/html; key=KEY", "<html>KEY</html>"),
		"an error inside":   echo(200, "application/json", `{"error":"API key KEY is wrong"}`),
		"a status inside":   echo(200, "application/json", `{"status":{"error_code":10002,"error_message":"API key KEY is wrong"}}`),
		"prices of the key": echo(200, "application/json", `{"bittensor":{"usd":"KEY","last_updated_at":1},"KEY":{"usd":1}}`),
		"not HTTP": func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			defer func(c net.Conn) { c.Close() }(conn)
			io.WriteString(conn, r.Header.Get("X-Cg-Demo-Api-Key")+"\r\n\r\n")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := closed.URL
			if handler != nil {
				server := httptest.NewServer(handler)
				t.Cleanup(server.Close)
				base = server.URL
			}
			p := collecting(t, base)
			p.await(time.Minute, "cycle", func() bool { return p.has("cycle finished") })
			for _, path := range []string{
				"/", "/metrics", "/api/v1/status", "/api/v1/tokens", "/api/v1/layers", "/api/v1/prices", "/api/v1/tokens/bittensor",
				"/api/v1/tokens/bittensor?explain=1", "/api/v1/prices?explain=1", "/api/v1/sources", "/openapi.json", "/-/ready", "/-/healthy", "/config",
			} {
				if body := p.anything(path); strings.Contains(body, canary) {
					t.Errorf("%s tells the key:\n%s", path, around(body))
				}
			}
			p.stop()
			if said := strings.Join(p.out.all(), "\n"); strings.Contains(said, canary) {
				t.Errorf("the log tells the key:\n%s", around(said))
			}
		})
	}
}

// anything is what the process answers, whatever the status.
func (p *process) anything(path string) string {
	p.t.Helper()
	response, err := http.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(body)
}

// around is what stands beside the canary.
func around(text string) string {
	at := strings.Index(text, canary)
	return text[max(0, at-200):min(len(text), at+200)]
}
