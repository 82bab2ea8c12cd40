package main

import (
	"fmt"
	"slices"
)

// goal says how many times ours a peer has to take.
type goal struct {
	what  string
	peer  string
	times float64
	ratio func(peer, us result) float64
}

func bytesGoal(peer string, times float64) goal {
	return goal{"bytes a sample", peer, times, result.timesBytes}
}

func commitGoal(times float64) goal {
	return goal{"durable commit, p50", "bbolt, JSON", times, result.timesCommit}
}

// judge says in one line how far ours, the first of the results, got.
func (g goal) judge(results []result) string {
	at := slices.IndexFunc(results, func(r result) bool { return r.name == g.peer })
	if at < 0 {
		return fmt.Sprintf("%s against %s: not measured", g.what, g.peer)
	}
	ratio, verdict := g.ratio(results[at], results[0]), "reached"
	if ratio < g.times {
		verdict = "**not reached**"
	}
	return fmt.Sprintf("%s: 1/%.3g of %s, goal at most 1/%g: %s", g.what, ratio, g.peer, g.times, verdict)
}
