package collector_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"strata/collector/coingecko"
	"strata/layers"
)

// askVariable makes the test binary a process that asks the servers it names.
const askVariable = "STRATA_TEST_ASK"

// What no source should send costs a process less than 16 MiB, as the kernel counts,
// and ends by its deadline.
func TestAnAnswerWithoutEndCostsAProcessLessThan16MiB(t *testing.T) {
	if servers := os.Getenv(askVariable); servers != "" {
		askAndMeasure(t, strings.Fields(servers))
		return
	}
	fine := serve(t, answer(200, "application/json", `{"bittensor":{"usd":1,"last_updated_at":1}}`))
	for name, handler := range map[string]http.HandlerFunc{
		"10 GiB of zeros in 10 MB": manyZeros(t),
		"an endless body":          endless,
		"1 GiB of JSON":            gibibyte,
		"2 MiB of coins":           answer(200, "application/json", crowd(2<<20)),
		"2 MiB of brackets":        answer(200, "application/json", strings.Repeat("[", 2<<20-1)),
		"2 MiB of escaped coins":   answer(200, "application/json", `{"\u007a\u007a":1,`+crowd(2<<20 - 20)[1:]),
		"2 MiB of lists":           answer(200, "application/json", `{"error":[`+strings.Repeat("0,", 1<<20-20)+"0]}"),
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
		cmd.Env = append(os.Environ(), askVariable+"="+fine+" "+serve(t, handler))
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "grew by") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
		t.Logf("%s: %s", name, out)
	}
}

// askAndMeasure asks a server that is well, so that everything is set up, and then
// another one.
func askAndMeasure(t *testing.T, servers []string) {
	listings := []layers.Listing{{Token: "bittensor", Source: coingecko.Name, Symbol: "bittensor"}}
	if _, err := coingecko.New(coingecko.Options{BaseURL: servers[0]}).Latest(t.Context(), listings); err != nil {
		t.Fatal(err)
	}
	before := residentPeak(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	answer, err := coingecko.New(coingecko.Options{BaseURL: servers[1]}).Latest(ctx, listings)
	if len(answer.Quotes) != 0 || ctx.Err() != nil {
		t.Errorf("%+v, %v, %v", answer, err, ctx.Err())
	}
	grew := residentPeak(t) - before
	fmt.Printf("grew by %d KiB: %v\n", grew, err)
	if grew >= memoryFactor*16<<10 {
		t.Errorf("%d MiB", grew>>10)
	}
}

// residentPeak is the most memory that this process has had so far, in KiB.
func residentPeak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	peak, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return peak
}

func serve(t *testing.T, handler http.HandlerFunc) (base string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// manyZeros sends a gzip file of 10,240 parts, each a mebibyte of zeros.
func manyZeros(t *testing.T) http.HandlerFunc {
	t.Helper()
	var part bytes.Buffer
	w := gzip.NewWriter(&part)
	w.Write(make([]byte, 1<<20))
	w.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		for range 10 << 10 {
			if _, err := w.Write(part.Bytes()); err != nil {
				return
			}
		}
	}
}

// gibibyte sends one string, and says beforehand how long it is.
func gibibyte(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(1<<30))
	if _, err := io.WriteString(w, `{"bittensor":"`); err != nil {
		return
	}
	text := strings.Repeat("a", 1<<20)
	for range 1 << 10 {
		if _, err := io.WriteString(w, text); err != nil {
			return
		}
	}
}

// crowd is an object of as many coins as fit.
func crowd(size int) string {
	text := []byte("{")
	for i := 0; len(text) < size-30; i++ {
		text = fmt.Appendf(text, `"%x":1,`, i)
	}
	return string(append(text, `"z":{}}`...))
}
