package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A process that was killed never closed its database. The next one looks at every byte
// of it first, goes on when nothing is wrong, and ends with what to do when something is.
func TestAfterAnUncleanStopTheDatabaseIsCheckedFirst(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	const checking = "the database was not closed, checking it"
	first := start(t, "demo", "--storage.path", path)
	first.await(30*time.Second, "a cycle", func() bool { return len(first.cycles()) > 0 })
	first.kill()

	second := start(t, "demo", "--storage.path", path)
	second.await(15*time.Second, "readiness", second.ready)
	if !second.has(checking) {
		t.Error("after a kill the database was not checked")
	}
	second.stop()

	third := start(t, "demo", "--storage.path", path)
	third.await(15*time.Second, "readiness", third.ready)
	if third.has(checking) {
		t.Error("after a stop in good order the database was checked")
	}
	third.kill()

	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.ReplaceAll(content, []byte("bittensor"), []byte("bittensoR"))
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	fourth := start(t, "demo", "--storage.path", path)
	select {
	case <-fourth.done:
	case <-time.After(allowed(15 * time.Second)):
		t.Fatal("a damaged database is being served")
	}
	said := fourth.out.all()
	if last := said[len(said)-1]; fourth.cmd.ProcessState.ExitCode() != 1 || !strings.HasPrefix(last, "strata: check store "+path+": ") ||
		!strings.HasSuffix(last, "put a backup in its place with `strata restore FILE`, which keeps the damaged one beside it") {
		t.Errorf("ended with %d and said\n%s", fourth.cmd.ProcessState.ExitCode(), strings.Join(said, "\n"))
	}
}

// has says whether the process printed a line with that text.
func (p *process) has(text string) bool {
	return strings.Contains(strings.Join(p.out.all(), "\n"), text)
}
