package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/storage"
)

var (
	tortureNoStrace = flag.Bool("torture.nostrace", false, "leave out what needs strace")
	tortureNoMount  = flag.Bool("torture.nomount", false, "leave out what needs a file system of its own")
)

// withStrace says whether strace may be used, and fails the test when it is not there.
func withStrace(t *testing.T) bool {
	t.Helper()
	if *tortureNoStrace {
		t.Log("left out")
		return false
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Fatal("needs strace (apt-get install strace), or -torture.nostrace to be left out:", err)
	}
	return true
}

// Rows 4 and 5. The disk fails once, at any time of a daemon's life: it acknowledges
// nothing more, ends within a second with the exit code for it, and everything that it
// has acknowledged is there.
func TestTortureADaemonEndsWithinASecondOfAFailedWrite(t *testing.T) {
	if !withStrace(t) {
		return
	}
	slowest := time.Duration(0)
	for i := range *tortureErrors {
		call, when := "fdatasync", 8+i // each thread counts its own calls, and the first ones make the file
		if i%2 == 1 {
			call, when = "pwrite64", 3*when
		}
		slowest = max(slowest, failAt(t, call, when))
	}
	t.Logf("failed %d times, ended within %s at most", *tortureErrors, slowest)
}

func failAt(t *testing.T, call string, when int) time.Duration {
	t.Helper()
	dir := t.TempDir()
	path, recording := filepath.Join(dir, "strata.db"), filepath.Join(dir, "strace")
	p := startUnder(t, []string{"strace", "-f", "-qq", "--seccomp-bpf", "-ttt", "-o", recording, "-s", "8",
		"-e", "trace=" + call + ",exit_group", "-e", fmt.Sprintf("inject=%s:error=EIO:when=%d", call, when)}, nil,
		"demo", "--storage.path", path, "--speed", "60")
	code := p.ends(2 * time.Minute)
	said, want := strings.Join(p.complaints(), "\n"), 74
	if strings.HasPrefix(said, "strata: open store ") { // nothing was ever acknowledged
		want = 1
	}
	if code != want {
		t.Errorf("%s %d failed: exit code %d, want %d:\n%s", call, when, code, want, said)
	}
	took := untilExit(t, recording)
	if took > allowed(time.Second) {
		t.Errorf("%s %d failed: it took %s to end", call, when, took)
	}
	checkStored(t, path, p.cycles())
	return took
}

var (
	injectedAt = regexp.MustCompile(`(?m)^\d+ +([0-9.]+) .*\(INJECTED\)$`)
	exitedAt   = regexp.MustCompile(`(?m)^\d+ +([0-9.]+) exit_group`)
)

// untilExit is how long it took from the first failed call to the end.
func untilExit(t *testing.T, recording string) time.Duration {
	t.Helper()
	text, err := os.ReadFile(recording)
	if err != nil {
		t.Fatal(err)
	}
	injected, exited := injectedAt.FindSubmatch(text), exitedAt.FindSubmatch(text)
	if injected == nil || exited == nil {
		t.Fatal("no call failed, or the process did not end")
	}
	from, err1 := strconv.ParseFloat(string(injected[1]), 64)
	to, err2 := strconv.ParseFloat(string(exited[1]), 64)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	return time.Duration((to - from) * float64(time.Second))
}

// inMount is a command that runs another one with a file system of 8 MiB at a directory,
// after a few words of shell.
func inMount(dir, words string) []string {
	unshare := []string{"unshare", "--mount"}
	if os.Geteuid() != 0 {
		unshare = append(unshare, "--map-root-user")
	}
	return append(unshare, "sh", "-c", `mount -t tmpfs -o size=8m torture "$0" && `+words+` && exec "$@"`, dir)
}

// Row 6. A disk fills up under a daemon: it stays up, answers and says what is wrong,
// holds the cycles and stores them all once there is room.
func TestTortureADaemonOutlivesAFullDisk(t *testing.T) {
	if *tortureNoMount {
		t.Log("left out")
		return
	}
	t.Parallel()
	dir := t.TempDir()
	packed := packedStore(t)
	p := startUnder(t, inMount(dir, "cp "+packed+" "+dir+"/strata.db"), nil,
		"demo", "--storage.path", dir+"/strata.db", "--speed", "60")
	p.await(30*time.Second, "readiness (which needs the right to mount, or -torture.nomount to be left out)", p.ready)
	inside := fmt.Sprintf("/proc/%d/root%s", p.cmd.Process.Pid, dir) // the directory as the process sees it
	full := func() bool { return strings.Contains(p.said(), storage.ErrFull.Error()) }
	occupy(t, inside+"/ballast")
	p.await(2*time.Minute, "complaint about the full disk", full)
	failed := countFailed(p)
	most := min(*tortureCycles, 50) // an hour is held, and a cycle is a minute of it
	p.await(time.Minute, "further cycles", func() bool { return countFailed(p) >= failed+most })
	p.answers()
	if metric := "strata_store_failing 1"; !strings.Contains(p.get("/metrics"), metric) {
		t.Errorf("/metrics does not have %q", metric)
	}
	if err := os.Remove(inside + "/ballast"); err != nil {
		t.Fatal(err)
	}
	stored := len(p.cycles())
	took := p.await(10*time.Second, "a cycle stored again", func() bool { return len(p.cycles()) > stored })
	if took > allowed(2*time.Second) {
		t.Errorf("went on %s after there was room, want at most the second of a cycle", took)
	}
	held := countFailed(p)
	copied := filepath.Join(t.TempDir(), "strata.db")
	p.more(1)
	p.copyStopped(inside+"/strata.db", copied)
	checkStored(t, copied, p.finished())
	t.Logf("held %d cycles, stored again after %s", held, took)
}

// copyStopped copies a file while nobody writes to it.
func (p *process) copyStopped(from, to string) {
	p.t.Helper()
	script := `kill -STOP $0 && cp "$1" "$2"; kill -CONT $0`
	if out, err := exec.Command("sh", "-c", script, strconv.Itoa(p.cmd.Process.Pid), from, to).CombinedOutput(); err != nil {
		p.t.Fatalf("%v: %s", err, out)
	}
}

// packedStore is a store with the past of the demo in it and not one free page, so that
// a full disk shows at once.
func packedStore(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "strata.db")
	p := playing(t, path)
	p.await(time.Minute, "the end of the backfill", func() bool { return strings.Contains(p.get("/api/v1/status"), `"running":false`) })
	p.stop()
	from, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := bbolt.Open(path+".packed", 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := bbolt.Compact(to, from, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path + ".packed"
}

// occupy takes all room that is left.
func occupy(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for size := 1 << 16; size > 0; {
		if _, err := file.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

// Row 7. A disk for reading only, or a file that may not be opened, ends the start with
// one line.
func TestTortureADaemonDoesNotStartOnADiskItCannotWriteTo(t *testing.T) {
	if *tortureNoMount {
		t.Log("left out")
		return
	}
	dir := t.TempDir()
	startUnder(t, inMount(dir, "mount -o remount,ro "+dir), nil, "demo", "--storage.path", dir+"/strata.db").
		refuses(10*time.Second, "read-only file system")
}

func TestTortureADaemonDoesNotStartOnAFileItMayNotOpen(t *testing.T) {
	if !withStrace(t) {
		return
	}
	path := packedStore(t)
	startUnder(t, []string{"strace", "-f", "-qq", "-o", "/dev/null", "-P", path, "-e", "trace=openat", "-e", "inject=openat:error=EACCES"}, nil,
		"demo", "--storage.path", path).refuses(10*time.Second, "permission denied: run as the user who owns the file")
}
