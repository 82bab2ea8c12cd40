package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"strata/storage"
)

// The tortures need Linux: its tracing, its mounts. How often and how long the process is
// tortured: what is set here takes seconds; make torture sets what docs/FAULTS.md reports.
var (
	tortureErrors = flag.Int("torture.errors", 2, "how often the disk fails under a running daemon")
	tortureCycles = flag.Int("torture.cycles", 3, "for how many cycles a torture of a running daemon lasts")
)

// startUnder is start under another command, in an environment of its own.
func startUnder(t *testing.T, under, environment []string, command string, args ...string) *process {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	address := freeAddress(t)
	line := append([]string{}, under...)
	line = append(line, self, command, "--web.listen-address", address, "--log.format", "json")
	line = append(line, args...)
	p := &process{t: t, cmd: exec.Command(line[0], line[1:]...), base: "http://" + address, out: &lines{}, done: make(chan error, 1)}
	p.cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+t.TempDir())
	p.cmd.Env = append(p.cmd.Env, environment...)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr = writer, writer
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // killed together with what it starts
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	go p.read(reader)
	t.Cleanup(p.kill)
	t.Cleanup(func() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) })
	return p
}

// ends wants the process to end by itself within the limit, and returns its exit code.
func (p *process) ends(limit time.Duration) int {
	p.t.Helper()
	limit = allowed(limit)
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case err := <-p.done:
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return exit.ExitCode()
		}
		return 0
	case <-timer.C:
		p.t.Fatalf("still running after %s; it said:\n%s", limit, p.said())
		return 0
	}
}

func (p *process) said() string { return strings.Join(p.out.all(), "\n") }

// finished are the cycles that the process has finished, stored or not. A cycle that
// could not be stored is said to have stored nothing, but all of it must be stored later.
func (p *process) finished() (cycles []cycleLine) {
	for _, line := range p.out.all() {
		var c cycleLine
		if json.Unmarshal([]byte(line), &c) == nil && c.Message == "cycle finished" {
			c.Stored = max(c.Stored, 1)
			cycles = append(cycles, c)
		}
	}
	return cycles
}

// countFailed is how many cycles could not be stored when they came.
func countFailed(p *process) int { return len(p.finished()) - len(p.cycles()) }

// complaints are the lines that are meant for people.
func (p *process) complaints() (found []string) {
	for _, line := range p.out.all() {
		if strings.HasPrefix(line, "strata: ") {
			found = append(found, line)
		}
	}
	return found
}

// refuses wants the process to end at once with exit code 1 and one line that says why.
func (p *process) refuses(limit time.Duration, words string) {
	p.t.Helper()
	code := p.ends(limit)
	if said := p.complaints(); code != 1 || len(said) != 1 || !strings.Contains(said[0], words) {
		p.t.Errorf("exit code %d, want 1 and one line with %q:\n%s", code, words, p.said())
	}
}

// more waits until the process has acknowledged so many cycles more.
func (p *process) more(cycles int) {
	p.t.Helper()
	want := len(p.cycles()) + cycles
	p.await(time.Duration(cycles)*2*time.Second+30*time.Second, fmt.Sprintf("%d cycles", cycles), func() bool { return len(p.cycles()) >= want })
}

func playing(t *testing.T, path string) *process {
	t.Helper()
	p := start(t, "demo", "--storage.path", path, "--speed", "60")
	p.await(30*time.Second, "readiness", p.ready)
	return p
}

// Row 9. A file of no bytes is what a lost one looks like.
func TestTortureADaemonDoesNotStartOnAnEmptyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, "demo", "--storage.path", path).refuses(10*time.Second, storage.ErrEmpty.Error())
}

// Row 11. A second daemon on the same file ends at once, the first one does not notice.
func TestTortureASecondDaemonIsToldWhoHasTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	first := playing(t, path)
	began := time.Now()
	start(t, "demo", "--storage.path", path).refuses(10*time.Second, storage.ErrLocked.Error())
	if took := time.Since(began); took > allowed(2*time.Second) {
		t.Errorf("it took %s to say so", took)
	}
	first.more(1)
	first.stop()
}

// Row 12. Once the file is another one, what is stored would go with the file that has no
// name any more: the daemon ends instead.
func TestTortureADaemonEndsWhenItsFileIsReplaced(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	p := playing(t, path)
	p.more(1)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	before := p.cycles()
	if code := p.ends(10 * time.Second); code == 0 {
		t.Error("exit code 0, want another")
	}
	if after := p.cycles(); len(after) > len(before)+1 {
		t.Errorf("%d cycles were acknowledged into a file that nobody will find", len(after)-len(before))
	}
	checkStored(t, path+".away", before)
}

// answers wants everything that asks of memory or of the past to be answered.
func (p *process) answers() {
	p.t.Helper()
	for _, path := range []string{"/-/healthy", "/metrics", "/api/v1/status", "/api/v1/tokens/bittensor/prices"} {
		if code := p.status(path); code != http.StatusOK {
			p.t.Errorf("%s is answered with %d", path, code)
		}
	}
}
