package risk

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestJumpsAgreeWithNumPyOnARecordedShock watches a recorded market every five minutes, and
// once more a minute later, which must count nothing twice.
func TestJumpsAgreeWithNumPyOnARecordedShock(t *testing.T) {
	var cases []oracleCase
	var answers []struct{ Layers map[string]Jumps }
	readJSON(t, "jumps_cases.json", &cases)
	readJSON(t, "jumps.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			e, h := NewEngine(c.catalogue(t)), c.history(t)
			for at := c.From; !at.After(c.At); at = at.Add(5 * time.Minute) {
				h = observeUntil(e, h, at)
				e.Snapshot(at)
				h = observeUntil(e, h, at.Add(time.Minute))
				e.Snapshot(at.Add(time.Minute))
			}
			if d := cmp.Diff(answers[i].Layers, e.Jumps()); d != "" {
				t.Error(d)
			}
		})
	}
}

// observeUntil observes the samples up to an instant and returns the others.
func observeUntil(e *Engine, h past, at time.Time) past {
	n := 0
	for n < len(h) && !h[n].Time.After(at) {
		n++
	}
	e.Observe(h[:n]...)
	return h[n:]
}

// TestOnlyJumpsThatWereWatchedCount lets a price double in the step before noon.
func TestOnlyJumpsThatWereWatchedCount(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "beta"))
	h := quotes("aaa", "one", noon.Add(-30*time.Hour), noon.Add(2*time.Hour), time.Minute, walk(3))
	for i := range h {
		if h[i].Time.After(noon.Add(-2 * time.Minute)) {
			h[i].Price.Coefficient *= 2
		}
	}
	for name, x := range map[string]struct {
		before, at time.Time
		want       uint64
	}{
		"as it happens":         {noon.Add(-time.Minute), noon, 1},
		"a slow cycle":          {noon.Add(-9 * time.Minute), noon.Add(30 * time.Second), 1},
		"nobody watched before": {time.Time{}, noon, 0},
		"the machine slept":     {noon.Add(-time.Hour), noon, 0},
		"slept until later":     {noon.Add(-time.Hour), noon.Add(3 * time.Minute), 0},
		"counted before":        {noon, noon.Add(4 * time.Minute), 0},
		"not over":              {noon.Add(-90 * time.Second), noon.Add(-time.Second), 0},
	} {
		e, rest := NewEngine(c), h
		if !x.before.IsZero() {
			rest = observeUntil(e, rest, x.before)
			e.Snapshot(x.before)
		}
		observeUntil(e, rest, x.at)
		e.Snapshot(x.at)
		want := map[string]Jumps{"alpha": {Up: x.want}, "beta": {}}
		if d := cmp.Diff(want, e.Jumps()); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

func TestAPriceThatStoodStillHasNoOrdinarySize(t *testing.T) {
	p := path{returns: make([]float64, 100), valid: make([]bool, 100)}
	for k := range p.valid {
		p.valid[k] = k != 50
	}
	p.returns[99] = math.Ln2
	if got := p.jump(99); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
	if got := p.jump(50); got != 0 {
		t.Errorf("a step without a return: got %d, want 0", got)
	}
}
