package storage_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"strata/storage"
)

// Rows 4, 5 and 7. One call of the system fails, the first, the second and so on. From
// then on nothing is acknowledged, and what was acknowledged is there at the next start.
func TestTortureAfterAFailedCallNothingIsAcknowledgedAndNothingIsLost(t *testing.T) {
	if !withStrace(t) {
		return
	}
	for _, failure := range []string{"fdatasync:error=EIO", "pwrite64:error=EIO", "fsync:error=EIO", "pwrite64:error=EROFS"} {
		t.Run(failure, func(t *testing.T) {
			inOpen, inWork, unharmed := 0, 0, 0
			for _, when := range failing() {
				switch said := failAt(t, failure, when); {
				case strings.Contains(said, "refused: "):
					inOpen++
				case strings.Contains(said, storage.ErrFailed.Error()):
					inWork++
				case said == "":
					unharmed++
				default:
					t.Errorf("call %d failed, and the process said:\n%s", when, said)
				}
			}
			t.Logf("%d failed in creation and opening, %d in work, %d runs had no such call", inOpen, inWork, unharmed)
			if inOpen+inWork == 0 {
				t.Error("nothing failed: the test compares nothing")
			}
		})
	}
}

// failing are the calls to let fail: each of the first 40, or as many of them as the
// flag says.
func failing() (calls []int) {
	if *tortureErrors >= 40 {
		for when := range *tortureErrors {
			calls = append(calls, when+1)
		}
		return calls
	}
	r := rand.New(rand.NewPCG(*tortureSeed, 4))
	for i := range *tortureErrors {
		calls = append(calls, 1 + i*40 / *tortureErrors + r.IntN(5))
	}
	return calls
}

// failAt lets one call fail, and returns what the process said beside what is stored.
func failAt(t *testing.T, failure string, when int) string {
	t.Helper()
	j := newJob(t)
	j.Count = 40
	name, _, _ := strings.Cut(failure, ":")
	cmd := command(t, j, "strace", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null",
		"-e", "trace="+name, "-e", fmt.Sprintf("inject=%s:when=%d", failure, when))
	out, ended := cmd.Output()
	last, said := acknowledged(bufio.NewScanner(bytes.NewReader(out)), -1, never)
	if ended == nil {
		said = "" // it never came to that call
	} else if strings.Contains(said, "stored after a failure") {
		t.Errorf("call %d failed, and the store acknowledged again:\n%s", when, said)
	}
	f := newChecker(t).ask(check{Path: j.Path, Base: j.Base, Last: last, Go: true})
	if wrong := f.lossless(); wrong != "" {
		t.Errorf("call %d failed, after operation %d: %s", when, last, wrong)
	}
	return said
}
