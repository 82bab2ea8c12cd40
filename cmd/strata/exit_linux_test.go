package main

import (
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The system refuses every write from now on, as a disk that fails does: the daemon must
// not go on as if nothing had happened, and says so with the exit code for it.
func TestADaemonWhoseDiskFailsEndsWithItsOwnCode(t *testing.T) {
	p := start(t, "demo", "--speed", "60")
	p.await(30*time.Second, "a cycle", func() bool { return len(p.cycles()) > 0 })
	limit := exec.CommandContext(t.Context(), "prlimit", "--pid", strconv.Itoa(p.cmd.Process.Pid), "--fsize=0")
	if out, err := limit.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	select {
	case <-p.done:
	case <-time.After(allowed(10 * time.Second)):
		t.Fatal("still running with a disk that takes nothing")
	}
	said := strings.Join(p.out.all(), "\n")
	if code := p.cmd.ProcessState.ExitCode(); code != 74 || !strings.Contains(said, "check the disk and restart the process") {
		t.Errorf("ended with %d, want 74; it said:\n%s", code, said)
	}
}
