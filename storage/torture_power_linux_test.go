package storage_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"strata/storage"
	"strata/storage/internal/crashsim"
)

var tortureNoStrace = flag.Bool("torture.nostrace", false, "leave out what needs strace")

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

// record runs a job under strace and returns what it did; existing files are named.
func record(t *testing.T, j job, existing ...string) []crashsim.Event {
	t.Helper()
	recording := t.TempDir() + "/strace"
	out, err := command(t, j, slices.Concat([]string{"strace"}, crashsim.Trace(), []string{recording})...).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	file, err := os.Open(recording)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	events, err := crashsim.Parse(file, filepath.Dir(j.Path), existing...)
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// stored returns the operation that an event acknowledges.
func stored(e crashsim.Event) (n int, ok bool) {
	if e.Kind != crashsim.Print {
		return 0, false
	}
	text, ok := bytes.CutPrefix(e.Data, []byte("stored "))
	n, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	return n, ok && err == nil
}

// replay cuts the power at points drawn from those where something is not yet synced,
// first to last, and calls look with the last operation acknowledged and what is left.
func replay(disk *crashsim.Disk, events []crashsim.Event, cuts int, look func(last int, found map[string][]byte)) {
	r := rand.New(rand.NewPCG(*tortureSeed, 2))
	at := make(map[int]int, cuts)
	for range cuts {
		at[1+r.IntN(len(events))]++
	}
	last := -1
	for i, e := range events {
		disk.Do(e)
		if n, ok := stored(e); ok {
			last = n
		}
		for range at[i+1] {
			look(last, disk.Crash(r))
		}
	}
}

// begun is how many events it takes until the first acknowledgement, with it.
func begun(t *testing.T, events []crashsim.Event) int {
	t.Helper()
	first := slices.IndexFunc(events, func(e crashsim.Event) bool { _, ok := stored(e); return ok })
	if first < 0 {
		t.Fatal("nothing was acknowledged in the recording")
	}
	return first + 1
}

// place writes what a disk was found to hold into a directory, in place of what was
// there, and returns where the file of a path is now.
func place(t *testing.T, dir, path string, found map[string][]byte) string {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range found {
		mustWrite(t, filepath.Join(dir, filepath.Base(name)), content)
	}
	return filepath.Join(dir, filepath.Base(path))
}

// Row 2. Whatever the disk makes of the writes that were not synced when power goes, the
// store opens, holds every acknowledged cycle whole and no other in part, and goes on.
func TestTortureNothingAcknowledgedIsLostByAPowerCut(t *testing.T) {
	if !withStrace(t) {
		return
	}
	j := newJob(t)
	j.Count = 150
	events := record(t, j)
	first, images, dir, checks := begun(t, events), 0, t.TempDir()+"/image", newChecker(t)
	var disk crashsim.Disk
	for _, e := range events[:first] {
		disk.Do(e)
	}
	failed := 0
	replay(&disk, events[first:], *tortureImages, func(last int, found map[string][]byte) {
		images++
		f := checks.ask(check{Path: place(t, dir, j.Path, found), Base: j.Base, Last: max(last, 0), Go: images%4 == 0})
		if wrong := f.lossless(); wrong != "" {
			if failed++; failed <= 5 {
				t.Errorf("image %d, after operation %d: %s", images, last, wrong)
			}
		}
	})
	t.Logf("%d images of %d events and %d operations, %d failed", images, len(events), j.Count, failed)
}

// Row 3. Power goes in the very first start. The next start finds nothing or a whole
// store, and works.
func TestTortureAPowerCutInTheFirstStartLeavesNothingOrAStore(t *testing.T) {
	if !withStrace(t) {
		return
	}
	j := newJob(t)
	j.Count = 1
	events := record(t, j)
	events = events[:begun(t, events)-1]
	dir, checks, images, there, failed := t.TempDir()+"/image", newChecker(t), 0, 0, 0
	replay(&crashsim.Disk{}, events, *tortureCreations, func(_ int, found map[string][]byte) {
		images++
		if _, ok := found[j.Path]; ok {
			there++
		}
		f := checks.ask(check{Path: place(t, dir, j.Path, found), Base: j.Base, Last: -1, Go: true})
		if wrong := f.lossless(); wrong != "" {
			if failed++; failed <= 5 {
				t.Errorf("image %d: %s", images, wrong)
			}
		}
	})
	t.Logf("%d images of %d events, %d with a file in place, %d failed", images, len(events), there, failed)
}

// Row 35. Power goes while a file of the first format is opened, and brought to the
// present one. The next start goes on with it, and nothing of it is lost.
func TestTortureAPowerCutInAnUpgradeLosesNothing(t *testing.T) {
	if !withStrace(t) {
		return
	}
	j := newJob(t)
	j.Role = "open"
	old := unpacked(t, "testdata/format-1.db.gz")
	mustWrite(t, j.Path, old)
	events := record(t, j, j.Path)
	var disk crashsim.Disk
	disk.Keep(0, j.Path, old)
	dir, checks, images, failed := t.TempDir()+"/image", newChecker(t), 0, 0
	replay(&disk, events, *tortureUpgrades, func(_ int, found map[string][]byte) {
		images++
		f := checks.ask(check{Path: place(t, dir, j.Path, found), Golden: "testdata/format-1.csv"})
		if wrong := f.lossless(); wrong != "" {
			if failed++; failed <= 5 {
				t.Errorf("image %d: %s", images, wrong)
			}
		}
	})
	t.Logf("%d images of %d events, %d failed", images, len(events), failed)
}

// openAndClose is the child.
func openAndClose(t *testing.T, j job) {
	s, err := storage.Open(j.Path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("done") // an event, even if opening did nothing
}
