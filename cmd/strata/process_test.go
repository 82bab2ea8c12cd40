package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// process is the real command, running.
type process struct {
	t    *testing.T
	cmd  *exec.Cmd
	base string // http://host:port
	out  *lines // both outputs
	done chan error
}

// lines keeps what a process prints.
type lines struct {
	mu   sync.Mutex
	text []string
}

func (l *lines) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, line)
}

func (l *lines) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.text...)
}

// freeAddress returns a loopback address that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// start runs the command with its JSON log collected; it is killed when the test ends.
func start(t *testing.T, command string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	args = append([]string{command, "--web.listen-address", address, "--log.format", "json"}, args...)
	p := &process{t: t, cmd: exec.Command(self, args...), base: "http://" + address, out: &lines{}, done: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+t.TempDir())
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	go p.read(reader)
	t.Cleanup(p.kill)
	return p
}

func (p *process) read(reader io.ReadCloser) {
	scanner := bufio.NewScanner(reader)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		p.out.add(scanner.Text())
	}
	reader.Close()
	p.done <- p.cmd.Wait()
	close(p.done)
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.done
}

// await polls until ok says so, and fails the test when it does not within the limit.
func (p *process) await(limit time.Duration, what string, ok func() bool) time.Duration {
	p.t.Helper()
	begin := time.Now()
	limit = allowed(limit)
	for !ok() {
		select {
		case err := <-p.done:
			p.t.Fatalf("process ended (%v) before %s; it said:\n%s", err, what, strings.Join(p.out.all(), "\n"))
		case <-time.After(10 * time.Millisecond):
		}
		if time.Since(begin) > limit {
			p.t.Fatalf("no %s within %s; the process said:\n%s", what, limit, strings.Join(p.out.all(), "\n"))
		}
	}
	return time.Since(begin)
}

func (p *process) ready() bool { return p.status("/-/ready") == http.StatusOK }

func (p *process) status(path string) int {
	response, err := http.Get(p.base + path)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	return response.StatusCode
}

func (p *process) get(path string) string {
	p.t.Helper()
	response, err := http.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %s, %v: %s", path, response.Status, err, body)
	}
	return string(body)
}

// stop ends the process as a service manager does, and wants it gone soon, with exit
// code 0.
func (p *process) stop() {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	limit := allowed(5 * time.Second)
	ctx, cancel := context.WithTimeout(p.t.Context(), limit)
	defer cancel()
	select {
	case err := <-p.done:
		if err != nil {
			p.t.Errorf("after SIGTERM: %v; it said:\n%s", err, strings.Join(p.out.all(), "\n"))
		}
	case <-ctx.Done():
		p.t.Errorf("still running %s after SIGTERM; it said:\n%s", limit, strings.Join(p.out.all(), "\n"))
	}
}

// cycles returns the cycles that the process has acknowledged in its log.
func (p *process) cycles() []cycleLine {
	var cycles []cycleLine
	for _, line := range p.out.all() {
		var c cycleLine
		if json.Unmarshal([]byte(line), &c) == nil && c.Message == "cycle finished" && c.Error == "" {
			cycles = append(cycles, c)
		}
	}
	return cycles
}

// cycleLine is the log line of a cycle whose samples are durable.
type cycleLine struct {
	Message string    `json:"msg"`
	At      time.Time `json:"at"`
	Stored  int       `json:"stored"`
	Error   string    `json:"error"`
}

func (c cycleLine) String() string { return fmt.Sprintf("%d samples of %s", c.Stored, c.At) }

// store is what the process says of its store.
func (p *process) store() (s struct {
	Path    string `json:"path"`
	Samples int    `json:"samples"`
}) {
	p.t.Helper()
	answer := struct{ Store any }{&s}
	if err := json.Unmarshal([]byte(p.get("/api/v1/status")), &answer); err != nil {
		p.t.Fatal(err)
	}
	return s
}
