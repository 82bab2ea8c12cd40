package collector_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"context"

	"strata/collector"
	"strata/collector/coingecko"
	"strata/layers"
)

// Sources that hang in every way there is, for twenty cycles: nobody else notices, and
// nothing is left behind.
func TestSourcesThatHangLeaveNothingBehind(t *testing.T) {
	for name, talk := range map[string]func(context.Context, net.Conn){
		"not a byte": mute, "a byte now and then": trickle, "endless headers": endlessHeaders,
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			kept := 0
			c := newCollector(t, collector.Options{
				Sources: []collector.Source{coingecko.New(coingecko.Options{
					BaseURL: serveTCP(t, talk), Timeout: 20 * time.Millisecond, Budget: collector.Budget{Calls: 1000, Per: time.Second},
				}), new(bourse)},
				Keep:   func(_ time.Time, samples []layers.Sample, _ []byte) error { kept += len(samples); return nil },
				Now:    func() time.Time { return now },
				Logger: slog.New(slog.DiscardHandler),
			})
			c.Collect(t.Context())
			before := runtime.NumGoroutine()
			for range 20 {
				now = now.Add(time.Hour) // past every penalty
				c.Collect(t.Context())
			}
			status := c.Status().Sources[0]
			if kept != 21 || status.Requests != 21 || status.Up {
				t.Errorf("%d samples of the other source, %+v", kept, status)
			}
			settle(t, before+10)
		})
	}
}

// mute says nothing for as long as somebody listens.
func mute(_ context.Context, conn net.Conn) { io.Copy(io.Discard, conn) }

// settle waits until no more than so many goroutines are left.
func settle(t *testing.T, most int) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for runtime.NumGoroutine() > most {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-limit:
			t.Fatalf("%d goroutines, %d were expected", runtime.NumGoroutine(), most)
		}
	}
}

// certificate is one that signs itself, for a host and until a time.
func certificate(t *testing.T, host string, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{host}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// secure serves over TLS, and returns a transport that finds it under every name and
// trusts its certificate.
func secure(t *testing.T, host string, until time.Time, handler http.HandlerFunc) http.RoundTripper {
	t.Helper()
	pair, pool := certificate(t, host, until)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	t.Cleanup(server.Close)
	return &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: pool},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
}

// nameless is a transport whose name server, a real one on loopback, knows no name.
func nameless(t *testing.T) http.RoundTripper {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	go func() {
		message := make([]byte, 512)
		for {
			n, asker, err := server.ReadFrom(message)
			if err != nil {
				return
			}
			message[2], message[3] = 0x81, 0x83 // an answer: there is no such name (RFC 1035, section 4.1.1)
			server.WriteTo(message[:n], asker)
		}
	}()
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
	return &http.Transport{DialContext: (&net.Dialer{Resolver: resolver}).DialContext}
}

// unreachable is a transport that finds a server of ours under every name.
func unreachable(t *testing.T, talk func(context.Context, net.Conn)) http.RoundTripper {
	t.Helper()
	address := strings.TrimPrefix(serveTCP(t, talk), "http://")
	return &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
}

// patient is a transport that can be cured.
type patient struct{ http.RoundTripper }

func (p *patient) RoundTrip(r *http.Request) (*http.Response, error) {
	return p.RoundTripper.RoundTrip(r)
}

func TestATroubleOnTheWayHasAReasonAndEndsWithItsCause(t *testing.T) {
	tomorrow, yesterday := time.Now().Add(24*time.Hour), time.Now().Add(-24*time.Hour)
	well := func(w http.ResponseWriter, r *http.Request) {
		answer(200, "application/json", publishers[0].answered("215.7949", time.Now()))(w, r)
	}
	for name, test := range map[string]struct {
		via    http.RoundTripper
		kind   collector.Kind
		reason string
	}{
		"no such name":           {nameless(t), collector.Network, "no such host"},
		"certificate expired":    {secure(t, "gecko.test", yesterday, well), collector.Network, "expired"},
		"certificate of another": {secure(t, "other.test", tomorrow, well), collector.Network, "gecko.test"},
		"certificate of nobody":  {&http.Transport{DialContext: secure(t, "gecko.test", tomorrow, well).(*http.Transport).DialContext}, collector.Network, "unknown authority"},
		"no TLS at all":          {unreachable(t, noHTTP), collector.Network, "tls"},
		"reset":                  {unreachable(t, reset), collector.Network, ""},
		"refused": {&http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:1") // which nobody is ever given
		}}, collector.Network, "refused"},
		"closed without an answer": {unreachable(t, func(context.Context, net.Conn) {}), collector.Network, ""},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			var log strings.Builder
			kept := 0
			via := &patient{test.via}
			c := newCollector(t, collector.Options{
				Sources: []collector.Source{coingecko.New(coingecko.Options{BaseURL: "https://gecko.test", Transport: via, DemoKey: secret})},
				Keep:    func(_ time.Time, samples []layers.Sample, _ []byte) error { kept += len(samples); return nil },
				Now:     func() time.Time { return now },
				Logger:  slog.New(slog.NewTextHandler(&log, nil)),
			})
			c.Collect(t.Context())
			status := c.Status().Sources[0]
			if status.Up || status.LastErrorKind != test.kind || !strings.Contains(status.LastError, test.reason) || kept != 0 {
				t.Errorf("%+v, %d kept, want %s because of %q", status, kept, test.kind, test.reason)
			}
			via.RoundTripper = secure(t, "gecko.test", tomorrow, well)
			for range 2 {
				now = now.Add(time.Minute)
				c.Collect(t.Context())
			}
			if status := c.Status().Sources[0]; !status.Up || kept == 0 {
				t.Errorf("two cycles after the cure: %+v", status)
			}
			if strings.Count(log.String(), "source is down") != 1 || strings.Count(log.String(), "source is up again") != 1 || strings.Contains(log.String(), secret) {
				t.Errorf("the log:\n%s", &log)
			}
		})
	}
}

// recorder notes who is asked.
type recorder struct {
	http.RoundTripper
	asked []string
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.asked = append(r.asked, request.URL.Scheme+"://"+request.URL.Host)
	return r.RoundTripper.RoundTrip(request)
}

// A real server sends to another host, to itself without TLS, and to where clouds keep
// their secrets. Nobody but the server is asked.
func TestARedirectLeadsNowhereAtAnySource(t *testing.T) {
	for _, target := range []string{
		"https://evil.test/", "http://source.test/", "//evil.test/", "http://169.254.169.254/latest/meta-data/", "http://[fd00:ec2::254]/", "http://127.0.0.1:1/",
		"file:///etc/passwd", "https://user:password@source.test/", "/elsewhere", "",
	} {
		for _, status := range []int{301, 302, 303, 307, 308, 300, 304} {
			via := &recorder{RoundTripper: secure(t, "source.test", time.Now().Add(time.Hour), answer(status, "application/json", "{}", "Location", target))}
			for _, p := range publishers {
				source := p.open("https://source.test", via)
				got, err := source.Latest(t.Context(), []layers.Listing{p.listing()})
				if len(got.Quotes) != 0 || err == nil && len(got.Missing) != 1 {
					t.Errorf("%s, %d to %q: %+v, %v", p.name, status, target, got, err)
				}
			}
			for _, asked := range via.asked {
				if asked != "https://source.test" {
					t.Errorf("%d to %q: %s was asked", status, target, asked)
				}
			}
		}
	}
}
