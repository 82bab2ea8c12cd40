package storage_test

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// The tortures need Linux: its tracing, its mounts. How often each is applied: what is set here
// takes seconds, make torture sets what docs/FAULTS.md reports.
var (
	tortureKills       = flag.Int("torture.kills", 5, "how often a writing process is killed")
	tortureImages      = flag.Int("torture.images", 200, "how many power cuts are simulated while a store is written to")
	tortureCreations   = flag.Int("torture.creations", 60, "how many power cuts are simulated while a store is created")
	tortureUpgrades    = flag.Int("torture.upgrades", 50, "how many power cuts are simulated while a file of the first format is opened")
	tortureErrors      = flag.Int("torture.errors", 4, "how many calls of a kind are made to fail, one at a time; 40 fails each of the first 40")
	tortureCuts        = flag.Int("torture.cuts", 120, "at how many lengths a file is cut off; 0 is at every 512 bytes")
	tortureCorruptions = flag.Int("torture.corruptions", 40, "how often a file is damaged, in each of five ways")
	tortureCommits     = flag.Int("torture.commits", 300, "how many cycles are appended beside a stuck reader")
	tortureSeed        = flag.Uint64("torture.seed", 1, "what the random faults are drawn from")
	tortureChild       = flag.String("torture.child", "", "what to do as the child of another test, a job in JSON")
)

// job is what a child process does.
type job struct {
	Role  string
	Path  string
	Base  time.Time // start of the time that operations fill
	From  int       // number of the first operation
	Count int       // of operations, 0 for until killed
}

// roles are what a child can be. Each says on standard output how it goes and fails its
// test when it cannot go on.
var roles = map[string]func(*testing.T, job){
	"work":   work,
	"verify": answerChecks,
	"nosync": workWithoutSync,
	"mount":  inMount,
	"open":   openAndClose,
}

// This is no test of its own: the tests of this package start the test binary with this
// test alone to have a process that they can kill, starve or lie to.
func TestAsChild(t *testing.T) {
	if *tortureChild == "" {
		return
	}
	var j job
	if err := json.Unmarshal([]byte(*tortureChild), &j); err != nil {
		t.Fatal(err)
	}
	roles[j.Role](t, j)
}

// command is this test binary, doing a job, under another command if one is given.
func command(t *testing.T, j job, under ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(j)
	if err != nil {
		t.Fatal(err)
	}
	args := slices.Concat(under, []string{self, "-test.run=^TestAsChild$", "-torture.child=" + string(text)})
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	return cmd
}

// newJob is work on a store in a new directory. Its time ends before now, and not long
// ago, so that nothing in it is old enough to expire.
func newJob(t *testing.T) job {
	t.Helper()
	return job{Role: "work", Path: t.TempDir() + "/strata.db", Base: time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -20)}
}

// acknowledged reads what a working child says until it ends or enough says so, and
// returns the number of the last operation that it acknowledged, and its last words.
func acknowledged(out *bufio.Scanner, last int, enough func(last int) bool) (int, string) {
	var words strings.Builder
	for !enough(last) && out.Scan() {
		var n int
		if _, err := fmt.Sscanf(out.Text(), "stored %d", &n); err == nil {
			last = n
			continue
		}
		words.WriteString(out.Text() + "\n")
	}
	return last, words.String()
}

func never(int) bool { return false }
