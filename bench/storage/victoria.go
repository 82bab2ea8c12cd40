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
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"strata/bench/market"
)

const victoriaName = "VictoriaMetrics"

// victoria is a running server of VictoriaMetrics. It is another process, spoken to
// over HTTP, and acknowledges before anything is on the disk, so that of all that is
// measured of the others only the bytes can be compared.
type victoria struct {
	server *exec.Cmd
	url    string
}

// measureVictoria imports a history, merges it as far as it can be, and measures the files.
func measureVictoria(ctx context.Context, binary string, h market.History, root string) (result, error) {
	dir, err := os.MkdirTemp(root, "victoria-")
	if err != nil {
		return result{}, err
	}
	r := result{name: victoriaName, cycles: h.Cycles, samples: h.Cycles * len(h.Tokens)}
	if err = fillVictoria(ctx, binary, h, dir); err == nil {
		r.disk, err = victoriaDisk(dir)
	}
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return result{}, fmt.Errorf("measure %s: %w", victoriaName, err)
	}
	return r, nil
}

func fillVictoria(ctx context.Context, binary string, h market.History, dir string) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Minute)
	defer cancel()
	v, err := startVictoria(ctx, binary, dir)
	if err != nil {
		return err
	}
	return errors.Join(v.ingest(ctx, h), v.stop())
}

// victoriaDisk adds up samples and index; caches are left out.
func victoriaDisk(dir string) (disk, error) {
	samples, err := size(filepath.Join(dir, "data"))
	if err != nil {
		return disk{}, err
	}
	index, err := size(filepath.Join(dir, "indexdb"))
	return disk{file: samples + index, inUse: samples + index}, err
}

// startVictoria starts a server on a free port and waits until it answers.
func startVictoria(ctx context.Context, binary, dir string) (*victoria, error) {
	free, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := free.Addr().String()
	if err := free.Close(); err != nil {
		return nil, err
	}
	v := &victoria{url: "http://" + address}
	v.server = exec.CommandContext(ctx, binary, "-storageDataPath="+dir, "-httpListenAddr="+address, "-retentionPeriod=100y", "-loggerLevel=ERROR")
	v.server.Stderr = os.Stderr
	if err := v.server.Start(); err != nil {
		return nil, err
	}
	return v, v.until(ctx, func() bool { return v.get(ctx, "/health", io.Discard) == nil })
}

// ingest posts the history, has it merged, and counts the samples of one token.
func (v *victoria) ingest(ctx context.Context, h market.History) error {
	var lines bytes.Buffer
	for cycle := range h.Walk() {
		for _, s := range cycle {
			fmt.Fprintf(&lines, "strata_token_price_usd{source=%q,token=%q} %s %d\n", s.Source, s.Token, s.Price, s.Time.UnixMilli())
		}
		if lines.Len() > 8<<20 {
			if err := v.post(ctx, &lines); err != nil {
				return err
			}
		}
	}
	if err := v.post(ctx, &lines); err != nil {
		return err
	}
	if err := v.merge(ctx); err != nil {
		return err
	}
	return v.count(ctx, h)
}

// merge makes everything searchable, merges all parts, and waits for the end of it.
func (v *victoria) merge(ctx context.Context) error {
	for _, path := range []string{"/internal/force_flush", "/internal/force_merge"} {
		if err := v.get(ctx, path, io.Discard); err != nil {
			return err
		}
	}
	return v.until(ctx, func() bool {
		var metrics bytes.Buffer
		return v.get(ctx, "/metrics", &metrics) == nil && strings.Contains(metrics.String(), "vm_active_force_merges 0\n")
	})
}

// count fails unless the last token has a sample of every cycle.
func (v *victoria) count(ctx context.Context, h market.History) error {
	match := "strata_token_price_usd{token=" + strconv.Quote(h.Tokens[len(h.Tokens)-1]) + "}"
	var exported bytes.Buffer
	if err := v.get(ctx, "/api/v1/export?match[]="+url.QueryEscape(match), &exported); err != nil {
		return err
	}
	var series struct{ Timestamps []int64 }
	if err := json.Unmarshal(exported.Bytes(), &series); err != nil {
		return err
	}
	if len(series.Timestamps) != h.Cycles {
		return fmt.Errorf("%d samples of %s, want %d", len(series.Timestamps), match, h.Cycles)
	}
	return nil
}

// stop ends the server, which writes what it still has in memory.
func (v *victoria) stop() error {
	if err := v.server.Process.Signal(os.Interrupt); err != nil {
		return err
	}
	return v.server.Wait()
}

// until asks again and again, ten times a second, until it is so or the context ends.
func (v *victoria) until(ctx context.Context, so func() bool) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (v *victoria) post(ctx context.Context, lines *bytes.Buffer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, v.url+"/api/v1/import/prometheus", lines)
	if err != nil {
		return err
	}
	return v.do(request, io.Discard)
}

func (v *victoria) get(ctx context.Context, path string, into io.Writer) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+path, http.NoBody)
	if err != nil {
		return err
	}
	return v.do(request, into)
}

func (v *victoria) do(request *http.Request, into io.Writer) error {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was read to its end
	if _, err = io.Copy(into, answer.Body); err == nil && answer.StatusCode/100 != 2 {
		err = fmt.Errorf("%s answers %s", request.URL, answer.Status)
	}
	return err
}
