package storage_test

import (
	"bufio"
	"math/rand/v2"
	"testing"
	"time"
)

// Row 1. The process is killed anywhere in appending, sealing and importing, and
// another goes on where it was.
func TestTortureNothingAcknowledgedIsLostByKilling(t *testing.T) {
	j, checks := newJob(t), newChecker(t)
	r := rand.New(rand.NewPCG(*tortureSeed, 1))
	last, samples := -1, 0
	for round := range *tortureKills {
		cmd := command(t, j)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		target := last + 1 + r.IntN(20)
		lines := bufio.NewScanner(out)
		last, _ = acknowledged(lines, last, func(last int) bool { return last >= target })
		moment := time.NewTimer(time.Duration(r.Int64N(int64(4 * time.Millisecond))))
		<-moment.C
		_ = cmd.Process.Kill()
		last, _ = acknowledged(lines, last, never)
		_ = cmd.Wait()
		f := checks.ask(check{Path: j.Path, Base: j.Base, Last: last})
		if wrong := f.lossless(); wrong != "" || last < target {
			t.Fatalf("round %d, after operation %d: %s", round, last, wrong)
		}
		j.From, samples = last+1, f.Right
	}
	t.Logf("%d kills, %d operations acknowledged, %d samples, none lost, none wrong", *tortureKills, last+1, samples)
}
