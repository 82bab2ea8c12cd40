package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// handing serves backups that come from write, and returns where.
func handing(t *testing.T, write func(context.Context, io.Writer) (int64, error)) string {
	t.Helper()
	h := &handout{backup: write, log: slog.New(slog.DiscardHandler), now: func() time.Time {
		return time.Date(2025, 6, 20, 12, 30, 5, 0, time.UTC)
	}}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return server.URL
}

func ask(t *testing.T, method, url string) (*http.Response, string, error) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, string(body), err
}

func TestABackupComesAsAFileWithItsTime(t *testing.T) {
	asked := 0
	url := handing(t, func(_ context.Context, w io.Writer) (int64, error) {
		asked++
		n, err := io.WriteString(w, "all of it")
		return int64(n), err
	})
	response, body, err := ask(t, http.MethodGet, url)
	if err != nil || body != "all of it" || response.Header.Get("Content-Disposition") != `attachment; filename="strata-20250620T123005Z.db"` {
		t.Errorf("%q, %v, %v", body, err, response.Header)
	}
	if response, _, _ := ask(t, http.MethodHead, url); response.StatusCode != http.StatusOK || asked != 1 {
		t.Errorf("HEAD: %s, %d backups were made", response.Status, asked)
	}
}

func TestABackupThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	url := handing(t, func(_ context.Context, w io.Writer) (int64, error) {
		n, _ := io.WriteString(w, strings.Repeat("half of it", 10_000))
		return int64(n), errors.New("disk gone")
	})
	if _, body, err := ask(t, http.MethodGet, url); err == nil {
		t.Errorf("got %d bytes without an error", len(body))
	}
}

func TestABackupThatCannotBeMadeIsAProblem(t *testing.T) {
	url := handing(t, func(context.Context, io.Writer) (int64, error) {
		return 0, fmt.Errorf("back up store: %w", errors.New("disk full"))
	})
	response, body, err := ask(t, http.MethodGet, url)
	if err != nil || response.StatusCode != http.StatusInternalServerError || !strings.Contains(body, "back up store: disk full") ||
		response.Header.Get("Content-Disposition") != "" {
		t.Errorf("%s, %q, %v", response.Status, body, err)
	}
}

func TestOneBackupIsSentAtATime(t *testing.T) {
	begun, finish := make(chan struct{}), make(chan struct{})
	url := handing(t, func(context.Context, io.Writer) (int64, error) {
		close(begun)
		<-finish
		return 0, nil
	})
	first := make(chan int)
	go func() {
		response, _, _ := ask(t, http.MethodGet, url)
		first <- response.StatusCode
	}()
	<-begun
	response, body, _ := ask(t, http.MethodGet, url)
	if response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
		t.Errorf("a second one: %s, %s", response.Status, body)
	}
	close(finish)
	if code := <-first; code != http.StatusOK {
		t.Errorf("the first one: %d", code)
	}
}
