package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// grid is a table of text. Its first column stands to the left; the others, being
// numbers, to the right, unless the table is all words.
type grid struct {
	rows  [][]string
	words bool
	color func(row, column int) string // escape sequence of a cell, "" for none; may be nil
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// String lays the cells out in columns.
func (g *grid) String() string {
	var widths []int
	for _, row := range g.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	for r, row := range g.rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i > 0 {
				line.WriteString("  ")
			}
			if i == 0 || g.words {
				line.WriteString(g.paint(r, i, cell) + pad)
			} else {
				line.WriteString(pad + g.paint(r, i, cell))
			}
		}
		text.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return text.String()
}

const resetColor = "\x1b[0m"

func (g *grid) paint(row, column int, cell string) string {
	if g.color == nil {
		return cell
	}
	if sequence := g.color(row, column); sequence != "" {
		return sequence + cell + resetColor
	}
	return cell
}

// absent stands where a number is withheld.
const absent = "-"

// percent writes a ratio for people: 0.8123 is 81.2 %.
func percent(ratio *float64) string {
	if ratio == nil {
		return absent
	}
	return fmt.Sprintf("%.1f %%", 100**ratio)
}

func word(value *string) string {
	if value == nil {
		return absent
	}
	return *value
}

func decimal(value *float64) string {
	if value == nil {
		return absent
	}
	return fmt.Sprintf("%.2f", *value)
}

// volTable shows all layers side by side.
type volTable struct {
	title   string
	names   map[string]string
	windows []string
	answers []volatility // by layer, then by window
	color   bool
}

func (t volTable) write(out io.Writer) error {
	head := append([]string{"LAYER"}, t.windows...)
	g := &grid{}
	if t.color {
		g.color = func(row, column int) string {
			if row == 0 || column == 0 {
				return "\x1b[1m"
			}
			return ""
		}
	}
	detail := t.detailWindow()
	g.add(append(head, "median "+detail, "correlation "+detail, "members "+detail, "percentile", "regime")...)
	var notes []string
	for _, answers := range slices.Collect(slices.Chunk(t.answers, len(t.windows))) {
		row := []string{t.names[answers[0].Layer]}
		for _, a := range answers {
			row = append(row, percent(a.Volatility))
			if a.Volatility == nil {
				notes = append(notes, fmt.Sprintf("%s %s: %s", a.Layer, a.Window, a.Reason))
			}
		}
		a := answers[slices.Index(t.windows, detail)]
		g.add(append(row, percent(a.Median), decimal(a.Correlation), included(a.Members), percent(a.Percentile), word(a.Regime))...)
	}
	_, err := io.WriteString(out, t.title+"\n"+g.String()+withheld(notes))
	return err
}

// detailWindow is the window whose further numbers are shown: a day when it is among
// them.
func (t volTable) detailWindow() string {
	if slices.Contains(t.windows, "24h") {
		return "24h"
	}
	return t.windows[0]
}

func withheld(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return "\nwithheld:\n  " + strings.Join(notes, "\n  ") + "\n"
}

// included counts the members whose numbers went in and those that could have.
func included(members []member) string {
	in, live := 0, 0
	for _, m := range members {
		switch m.State {
		case "included":
			in, live = in+1, live+1
		case "stale", "frozen", "insufficient":
			live++
		}
	}
	return fmt.Sprintf("%d of %d", in, live)
}

// layerTable shows one layer in all windows, and its members in one.
type layerTable struct {
	title   string
	name    string
	answers []volatility
	window  string
}

func (t layerTable) write(out io.Writer) error {
	windows := &grid{}
	windows.add("WINDOW", "volatility", "median", "max", "downside", "correlation", "coverage", "members")
	var notes []string
	var shown volatility
	for _, a := range t.answers {
		windows.add(a.Window, percent(a.Volatility), percent(a.Median), percent(a.Max), percent(a.Downside), decimal(a.Correlation),
			percent(&a.Coverage), included(a.Members))
		if a.Volatility == nil {
			notes = append(notes, a.Window+": "+a.Reason)
		}
		if a.Window == t.window {
			shown = a
		}
	}
	members := &grid{}
	members.add("MEMBER "+t.window, "volatility", "share of risk", "coverage", "state")
	for _, m := range shown.Members {
		members.add(m.Token, percent(m.Volatility), percent(m.RiskShare), percent(&m.Coverage), m.State)
		if m.Reason != "" {
			notes = append(notes, m.Token+": "+m.Reason)
		}
	}
	_, err := io.WriteString(out, t.title+"\n"+t.name+"\n\n"+windows.String()+"\n"+members.String()+withheld(notes))
	return err
}
