package collector_test

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"
	"time"

	"strata/collector"
)

const secret = "CANARY-0xDEADBEEF"

// get asks a server for something, with a key in a header and another one in the
// query, where it does not belong.
func get(t *testing.T, base string, opts collector.HTTPOptions) ([]byte, *collector.Error) {
	t.Helper()
	opts.BaseURL = base
	opts.Header = map[string]string{"x-api-key": secret}
	body, err := collector.NewHTTP(opts).Get(t.Context(), "/price", url.Values{"apikey": {secret}})
	if err == nil {
		return body, nil
	}
	if strings.Contains(err.Error(), secret) {
		t.Errorf("the key stands in the error: %v", err)
	}
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok {
		t.Fatalf("%v is no *collector.Error", err)
	}
	return nil, failure
}

func answer(status int, contentType, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		io.WriteString(w, body)
	}
}

// serveTCP listens on loopback and hands every connection, once its request was
// read, to a function; the connection is closed when it returns.
func serveTCP(t *testing.T, talk func(ctx context.Context, conn net.Conn)) (base string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				conn.Read(make([]byte, 4096))
				talk(t.Context(), conn)
			}()
		}
	}()
	return "http://" + listener.Addr().String()
}

const jsonHead = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

func hang(ctx context.Context, _ net.Conn) { <-ctx.Done() }

func trickle(ctx context.Context, conn net.Conn) {
	io.WriteString(conn, jsonHead+"Content-Length: 1000\r\n\r\n{")
	for tick := time.Tick(20 * time.Millisecond); ctx.Err() == nil; <-tick {
		if _, err := io.WriteString(conn, " "); err != nil {
			return
		}
	}
}

func endlessHeaders(_ context.Context, conn net.Conn) {
	io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	for {
		if _, err := io.WriteString(conn, "X-Padding: "+strings.Repeat("x", 1000)+"\r\n"); err != nil {
			return
		}
	}
}

func cutShort(_ context.Context, conn net.Conn) {
	io.WriteString(conn, jsonHead+"Content-Length: 1000\r\n\r\n{\"bittensor\":{\"usd\":21")
}

func cutChunk(_ context.Context, conn net.Conn) {
	io.WriteString(conn, jsonHead+"Transfer-Encoding: chunked\r\n\r\n40\r\n{\"bittensor\":{\"usd\":21")
}

func noHTTP(_ context.Context, conn net.Conn) { io.WriteString(conn, "SSH-2.0-OpenSSH_9.2\r\n") }

func reset(_ context.Context, conn net.Conn) { conn.(*net.TCPConn).SetLinger(0) }

func TestAGoodAnswerComesThroughWithItsKeyInTheHeaderOnly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("x-api-key") != secret {
			t.Error("the key did not arrive")
		}
		answer(200, "application/json; charset=utf-8", `{"usd":1}`)(w, r)
	}))
	defer server.Close()
	body, failure := get(t, server.URL, collector.HTTPOptions{})
	if failure != nil || string(body) != `{"usd":1}` {
		t.Errorf("got %s, %v", body, failure)
	}
}

func TestEveryRefusalIsToldApart(t *testing.T) {
	inTenMinutes := func(w http.ResponseWriter, r *http.Request) {
		at := time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)
		answer(429, "text/html", "", "Retry-After", at)(w, r)
	}
	for name, test := range map[string]struct {
		handler    http.HandlerFunc
		kind       collector.Kind
		retryAfter time.Duration
	}{
		"429":                     {answer(429, "application/json", "{}"), collector.RateLimited, 0},
		"429 in seconds":          {answer(429, "application/json", "{}", "Retry-After", "7"), collector.RateLimited, 7 * time.Second},
		"429 with a date":         {inTenMinutes, collector.RateLimited, 10 * time.Minute},
		"429 for a day":           {answer(429, "text/html", "", "Retry-After", "86400"), collector.RateLimited, time.Hour},
		"418":                     {answer(418, "application/json", "{}", "Retry-After", "120"), collector.RateLimited, 2 * time.Minute},
		"401":                     {answer(401, "application/json", "{}"), collector.Blocked, 0},
		"403":                     {answer(403, "text/html", "<html>"), collector.Blocked, 0},
		"451":                     {answer(451, "application/json", "{}"), collector.Blocked, 0},
		"404":                     {answer(404, "application/json", "{}"), collector.NotFound, 0},
		"500":                     {answer(500, "text/plain", "oops"), collector.Unavailable, 0},
		"503":                     {answer(503, "text/html", "", "Retry-After", "30"), collector.Unavailable, 30 * time.Second},
		"520 of a CDN":            {answer(520, "text/html", "<html>"), collector.Unavailable, 0},
		"422":                     {answer(422, "application/json", `{"error":"Missing parameter ids"}`), collector.BadAnswer, 0},
		"HTML with 200":           {answer(200, "text/html", "<html>maintenance</html>"), collector.BadAnswer, 0},
		"JSON called text":        {answer(200, "text/plain", `{"usd":1}`), collector.BadAnswer, 0},
		"204 and nothing":         {answer(204, "application/json", ""), collector.BadAnswer, 0},
		"longer than allowed":     {answer(200, "application/json", strings.Repeat(" ", 1<<20+1)), collector.BadAnswer, 0},
		"compressed to be longer": {bomb(t, 16<<20), collector.BadAnswer, 0},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(test.handler)
			defer server.Close()
			_, failure := get(t, server.URL, collector.HTTPOptions{MaxBytes: 1 << 20})
			if failure == nil {
				t.Fatal("was taken for an answer")
			}
			// A date loses what is below a second, and some time passes on the way.
			if lost := test.retryAfter - failure.RetryAfter; failure.Kind != test.kind || lost < 0 || lost > 5*time.Second {
				t.Errorf("%v: kind %s, retry after %s, want %s, %s", failure, failure.Kind, failure.RetryAfter, test.kind, test.retryAfter)
			}
			if !strings.Contains(failure.Error(), "127.0.0.1") || !strings.Contains(failure.Error(), "/price") {
				t.Errorf("%v does not say what was asked", failure)
			}
		})
	}
}

func TestABrokenConnectionIsToldApartFromABrokenAnswer(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	for name, test := range map[string]struct {
		base string
		kind collector.Kind
	}{
		"nobody listens":      {"http://" + refused.Addr().String(), collector.Network},
		"not HTTP":            {serveTCP(t, noHTTP), collector.Network},
		"reset":               {serveTCP(t, reset), collector.Network},
		"endless headers":     {serveTCP(t, endlessHeaders), collector.Network},
		"silence":             {serveTCP(t, hang), collector.Timeout},
		"a byte now and then": {serveTCP(t, trickle), collector.Timeout},
		"a body cut short":    {serveTCP(t, cutShort), collector.BadAnswer},
		"a chunk cut short":   {serveTCP(t, cutChunk), collector.BadAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			began := time.Now()
			opts := collector.HTTPOptions{Timeout: 5 * time.Second}
			if test.kind == collector.Timeout {
				opts.Timeout = 200 * time.Millisecond
			}
			_, failure := get(t, test.base, opts)
			if failure == nil || failure.Kind != test.kind {
				t.Errorf("got %v, want kind %s", failure, test.kind)
			}
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestARedirectIsRefusedAndTheKeyStaysAtHome(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("%s was asked, with key %q", r.Host, r.Header.Get("x-api-key"))
	}))
	defer elsewhere.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		server := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/steal?apikey="+secret, status))
		_, failure := get(t, server.URL, collector.HTTPOptions{})
		server.Close()
		if failure == nil || failure.Kind != collector.BadAnswer || failure.Status != status {
			t.Errorf("%d: %v", status, failure)
		}
	}
}

func TestAGzipBombCostsNoMoreThanTheLimit(t *testing.T) {
	server := httptest.NewServer(bomb(t, 128<<20))
	defer server.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, failure := get(t, server.URL, collector.HTTPOptions{MaxBytes: 2 << 20})
	runtime.ReadMemStats(&after)
	if failure == nil || failure.Kind != collector.BadAnswer {
		t.Errorf("got %v", failure)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 16<<20 {
		t.Errorf("%d MiB were allocated for an answer of at most 2", allocated>>20)
	}
}

// bomb serves zeros, compressed a thousandfold.
func bomb(t *testing.T, size int64) http.HandlerFunc {
	t.Helper()
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	zeros := make([]byte, 1<<20)
	for range size / int64(len(zeros)) {
		w.Write(zeros)
	}
	w.Close()
	return answer(200, "application/json", packed.String(), "Content-Encoding", "gzip")
}

func TestCallsAreCounted(t *testing.T) {
	server := httptest.NewServer(answer(500, "text/plain", ""))
	defer server.Close()
	client := collector.NewHTTP(collector.HTTPOptions{BaseURL: server.URL})
	for range 3 {
		client.Get(t.Context(), "/", nil)
	}
	if got := client.Requests(); got != 3 {
		t.Errorf("%d calls were counted, want 3: nothing is retried", got)
	}
}
