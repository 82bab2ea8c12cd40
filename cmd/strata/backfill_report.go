package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"strata/collector"
	"strata/metrics"
	"strata/storage"
)

// ledgerReport is what became of all chunks of the past that were ever asked for.
type ledgerReport struct {
	Sources  []ledgerRow `json:"sources"`
	Troubles []trouble   `json:"troubles,omitempty"`
	Samples  int         `json:"samples"` // that this run stored
}

// ledgerRow counts the chunks of one source by what became of them.
type ledgerRow struct {
	Source string         `json:"source"`
	Chunks map[string]int `json:"chunks"`
}

// trouble is why chunks of a token at a source are not there, or cannot be trusted.
type trouble struct {
	Source string `json:"source"`
	Token  string `json:"token"`
	Status string `json:"status"`
	Chunks int    `json:"chunks"`
	Reason string `json:"reason"`
}

// ledgerOf sums a ledger up.
func ledgerOf(ledger collector.Ledger) (ledgerReport, error) {
	chunks, err := ledger.Load()
	if err != nil {
		return ledgerReport{}, err
	}
	bySource, troubles := make(map[string]map[string]int), make(map[trouble]int)
	for _, c := range chunks {
		if bySource[c.Source] == nil {
			bySource[c.Source] = make(map[string]int)
		}
		bySource[c.Source][string(c.Status)]++
		switch c.Status {
		case collector.ChunkFailed, collector.ChunkGivenUp, collector.ChunkDiffers:
			troubles[trouble{Source: c.Source, Token: c.Token, Status: string(c.Status), Reason: c.Error}]++
		}
	}
	report := ledgerReport{Sources: []ledgerRow{}}
	for _, name := range slices.Sorted(maps.Keys(bySource)) {
		report.Sources = append(report.Sources, ledgerRow{name, bySource[name]})
	}
	for t, n := range troubles {
		t.Chunks = n
		report.Troubles = append(report.Troubles, t)
	}
	slices.SortFunc(report.Troubles, func(a, b trouble) int {
		return cmp.Or(cmp.Compare(a.Source, b.Source), cmp.Compare(a.Token, b.Token), cmp.Compare(a.Reason, b.Reason))
	})
	return report, nil
}

// maxTroubles is how many reasons a table shows.
const maxTroubles = 20

// print writes the report for people or for programs.
func (r ledgerReport) print(t terminal, asJSON bool) error {
	if asJSON {
		return printJSON(t.out, r)
	}
	var counts grid
	head := []string{"chunks from"}
	for _, status := range collector.ChunkStatuses() {
		head = append(head, strings.ReplaceAll(string(status), "_", " "))
	}
	counts.add(head...)
	for _, row := range r.Sources {
		cells := []string{row.Source}
		for _, status := range collector.ChunkStatuses() {
			cells = append(cells, strconv.Itoa(row.Chunks[string(status)]))
		}
		counts.add(cells...)
	}
	text := counts.String()
	if len(r.Troubles) > 0 {
		text += "\n" + r.reasons()
	}
	_, err := fmt.Fprintf(t.out, "%s\n%d samples stored\n", text, r.Samples)
	return err
}

func (r ledgerReport) reasons() string {
	table := grid{words: true}
	for _, t := range r.Troubles[:min(len(r.Troubles), maxTroubles)] {
		table.add(t.Source, t.Token, fmt.Sprintf("%d %s", t.Chunks, strings.ReplaceAll(t.Status, "_", " ")), t.Reason)
	}
	text := table.String()
	if more := len(r.Troubles) - maxTroubles; more > 0 {
		text += fmt.Sprintf("and %d more, which --json lists\n", more)
	}
	return text
}

// status prints the ledger of the file, or what a running daemon says of its own.
func (b *backfillCmd) status(ctx context.Context, t terminal, p plan) error {
	path := p.config.Storage.Path
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("--storage.path: no database at %s: %w", path, errNoData)}
	}
	store, err := storage.Open(path, storage.Options{ReadOnly: true})
	if errors.Is(err, storage.ErrLocked) {
		return b.ask(ctx, t)
	}
	if err != nil {
		return err
	}
	report, err := ledgerOf(past{store})
	if err := errors.Join(err, store.Close()); err != nil {
		return err
	}
	return report.print(t, b.JSON)
}

// ask prints what the running daemon says.
func (b *backfillCmd) ask(ctx context.Context, t terminal) error {
	o, err := newOracle(ctx, b.settings, true)
	if err != nil {
		return err
	}
	var answer struct {
		Backfill metrics.BackfillStatus `json:"backfill"`
	}
	if err := errors.Join(o.get(ctx, "/api/v1/status", nil, &answer), o.close()); err != nil {
		return err
	}
	if b.JSON {
		return printJSON(t.out, answer.Backfill)
	}
	s, doing := answer.Backfill, "is at rest"
	if s.Running {
		doing = fmt.Sprintf("has done %d of %d chunks, now %s", s.Done+s.Failed, s.Total, s.Current)
	}
	var counts grid
	for _, status := range collector.ChunkStatuses() {
		counts.add(strings.ReplaceAll(string(status), "_", " "), strconv.Itoa(s.Ledger[string(status)]))
	}
	_, err = fmt.Fprintf(t.out, "%s %s\n%s", o.origin, doing, counts.String())
	return err
}
