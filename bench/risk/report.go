package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// write prints what everybody took, and how far ours got.
func (q question) write(w io.Writer) {
	fmt.Fprintf(w, "\n### %s\n\n| who | took | times faster than the first | says of the first layer |\n| --- | --: | --: | --: |\n", q.what)
	first := q.answers[0]
	for _, a := range q.answers {
		fmt.Fprintf(w, "| %s | %s | %.3g | %.4f |\n", a.who, short(a.took), ratio(first.took, a.took), a.said)
	}
	fmt.Fprintln(w)
	if first.who != raw {
		fmt.Fprintf(w, "- %s was left out, so no goal can be told\n", raw)
		return
	}
	for _, who := range []string{fromFile, fromState} {
		writeGoal(w, who, first.who, ratio(first.took, q.took(who)), q.goals[who])
	}
}

func (q question) took(who string) time.Duration {
	return q.answers[slices.IndexFunc(q.answers, func(a answer) bool { return a.who == who })].took
}

// writeUpdate says what it costs to move the window of a token on by a step, the layer's
// share and all rules included, beside computing that window from the file.
func writeUpdate(w io.Writer, tokens int, instant, rolling question) {
	anew, update := instant.took(fromFile)/time.Duration(tokens), rolling.took(fromState)/time.Duration(tokens*rolling.steps)
	fmt.Fprintf(w, "\nA token's window moves on by a step in %s; from the file it is computed in %s.\n\n", short(update), short(anew))
	writeGoal(w, "a window's update", "computing it anew", ratio(anew, update), 1000)
}

func writeGoal(w io.Writer, what, of string, faster, goal float64) {
	verdict := "reached"
	if faster < goal {
		verdict = "**not reached**"
	}
	fmt.Fprintf(w, "- goal, %s: 1/%.3g of %s, goal at most 1/%g: %s\n", what, faster, of, goal, verdict)
}

func ratio(a, b time.Duration) float64 { return float64(a) / float64(b) }

// short writes a time with three digits or so.
func short(d time.Duration) string {
	unit := time.Nanosecond
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit).String()
}
