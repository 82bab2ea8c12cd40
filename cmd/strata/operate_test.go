package main

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

var operateRounds = flag.Int("operate.rounds", 10, "how often each command is killed in its work")

// command prepares the real command.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "STRATA_WEB_LISTEN_ADDRESS=127.0.0.1:9", "XDG_STATE_HOME="+t.TempDir())
	return cmd
}

// filled makes a store with that many samples of each of four tokens, and returns its
// path and how many it holds.
func filled(t *testing.T, each int) (path string, samples int) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "strata.db")
	store, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	random := rand.New(rand.NewPCG(1, 2))
	for _, token := range []string{"akash", "bittensor", "near", "render"} {
		history := make([]layers.Sample, each)
		for i := range history {
			price := layers.Decimal{Coefficient: 1 + random.Int64N(1e15), Exponent: -12} // noise does not pack
			history[i] = layers.Sample{Token: token, Source: "kraken", Time: time.Unix(int64(1700000000+60*i), 0), Price: price}
		}
		if n, err := store.Import(history); err != nil || n != each {
			t.Fatal(n, err)
		}
		samples += each
	}
	return path, samples
}

// whole checks that a file is a sound store with that many samples.
func whole(t *testing.T, path string, samples int) {
	t.Helper()
	if err := storage.Check(path); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(path, storage.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if got := store.Stats().Samples; got != samples {
		t.Fatalf("%s holds %d samples, want %d", path, got, samples)
	}
}

// Each command is killed at random moments of its work. What has a name afterwards is
// whole: the old file, or the new one.
func TestKilledCommandsLeaveWholeFilesOnly(t *testing.T) {
	path, samples := filled(t, 100_000)
	dir := filepath.Dir(path)
	backup := filepath.Join(dir, "backup.db")
	for _, args := range [][]string{{"backup", backup}, {"restore", backup}, {"compact"}} {
		args = append(args, "--storage.path", path)
		began := time.Now()
		if out, err := command(t, args...).CombinedOutput(); err != nil { // once undisturbed
			t.Fatalf("strata %v: %v\n%s", args, err, out)
		}
		takes, finished := time.Since(began), 0
		for range *operateRounds {
			if args[0] == "backup" && rand.N(2) == 0 {
				if err := os.Remove(backup); err != nil && !errors.Is(err, os.ErrNotExist) {
					t.Fatal(err)
				}
			}
			if killed(t, command(t, args...), rand.N(takes)) {
				continue
			}
			finished++
		}
		t.Logf("strata %s takes %s; of %d killed, %d had finished", args[0], takes, *operateRounds, finished)
		for _, name := range visible(t, dir) {
			whole(t, name, samples)
		}
		if out, err := command(t, "backup", backup, "--storage.path", path).CombinedOutput(); err != nil {
			t.Fatalf("afterwards: %v\n%s", err, out)
		}
	}
}

// killed starts a command, kills it after a while, and says whether it was still at work.
func killed(t *testing.T, cmd *exec.Cmd, after time.Duration) bool {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.NewTimer(after)
	<-timer.C
	_ = cmd.Process.Kill()
	return cmd.Wait() != nil
}

// visible returns the files of a directory but for those whose name says that they are
// in the making.
func visible(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, filepath.Join(dir, entry.Name()))
		}
	}
	return names
}

func TestARunningDaemonSendsABackupOnlyWhenItIsToldTo(t *testing.T) {
	closed := start(t, "demo")
	closed.await(15*time.Second, "readiness", closed.ready)
	if code := closed.status(backupPath); code != http.StatusNotFound {
		t.Errorf("a daemon that was not told to answers %d", code)
	}
	cmd := command(t, "backup", filepath.Join(t.TempDir(), "b.db"), "--web.listen-address", strings.TrimPrefix(closed.base, "http://"))
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); err == nil || code != 2 || !strings.Contains(string(out), "start it with --web.enable-admin") {
		t.Errorf("strata backup ended with %d and said %s", code, out)
	}
	closed.stop()

	p := start(t, "demo", "--web.enable-admin")
	p.await(15*time.Second, "a thousand samples", func() bool { return p.ready() && p.store().Samples > 1000 })
	before := p.store().Samples
	file := filepath.Join(t.TempDir(), "backup.db")
	if out := runCommand(t, p, "backup", file); !strings.Contains(out, "from the daemon at "+p.base) {
		t.Errorf("strata backup said %s", out)
	}
	if err := storage.Check(file); err != nil {
		t.Fatal(err)
	}
	store, err := storage.Open(file, storage.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if got := store.Stats().Samples; got < before {
		t.Errorf("the backup holds %d samples, the daemon had stored %d", got, before)
	}
	response, err := http.Get(p.base + backupPath)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	disposition := response.Header.Get("Content-Disposition")
	if err != nil || len(text) == 0 || !strings.HasPrefix(disposition, `attachment; filename="strata-`) {
		t.Errorf("%d bytes, disposition %q, %v", len(text), disposition, err)
	}
	if out, err := command(t, "restore", file, "--storage.path", p.store().Path).CombinedOutput(); err == nil || !strings.Contains(string(out), "another process holds the file") {
		t.Errorf("restoring under a daemon: %v, %s", err, out)
	}
	p.stop()
}

// Whatever a lost page does to a check, somebody who asks learns in one sentence that the
// database is damaged and what to do, or that it is not.
func TestACheckSurvivesEveryLostPageAndSaysWhatToDo(t *testing.T) {
	path, _ := filled(t, 3000)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for at := 0; at < len(content); at += os.Getpagesize() {
		spoiled := bytes.Clone(content)
		page := spoiled[at : at+os.Getpagesize()]
		if clear(page); bytes.Equal(spoiled, content) {
			continue // nothing stood there
		}
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		check := command(t, "check", "--data", "--storage.path", path)
		out, err := check.CombinedOutput()
		if err == nil {
			continue // the page was free, or the other head is good
		}
		found++
		if said := string(out); check.ProcessState.ExitCode() != 1 || strings.Count(said, "\n") != 1 || !strings.Contains(said, "strata restore FILE") {
			t.Errorf("page %d: ended with %v and said %s", at/os.Getpagesize(), err, said)
		}
	}
	if found < 3 {
		t.Errorf("%d lost pages were found", found)
	}
}
