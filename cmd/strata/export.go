package main

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	"strata/cmd/strata/internal/csvfile"
	"strata/cmd/strata/internal/openmetrics"
	"strata/layers"
	"strata/storage"
)

type exportCmd struct {
	settings
	Format string    `enum:"csv,openmetrics" default:"csv" placeholder:"FORMAT" help:"csv or openmetrics (default ${default})."`
	Token  string    `placeholder:"SLUG" help:"The token whose prices are written; needed for csv (default: all)."`
	Source string    `placeholder:"NAME" help:"The source they came from; needed for csv when there are several (default: all)."`
	Start  time.Time `placeholder:"TIME" help:"First instant, RFC 3339 (default: since ever)."`
	End    time.Time `placeholder:"TIME" help:"Instant to stop before, RFC 3339 (default: until now)."`
	Output string    `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
}

// Run writes samples, series by series, oldest first.
func (e *exportCmd) Run(term terminal) (err error) {
	c, err := e.load()
	if err != nil {
		return err
	}
	if e.Format == "csv" && e.Token == "" {
		return usageError{errors.New("missing flags: --token=SLUG")}
	}
	if _, err := os.Stat(c.Storage.Path); err != nil {
		return usageError{fmt.Errorf("--storage.path: %w", err)}
	}
	store, err := storage.Open(c.Storage.Path, storage.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	chosen, err := e.choose(store)
	if err != nil {
		return usageError{err}
	}
	shown := newProgress(term.err)
	defer shown.end()
	read := reader{store: store, chosen: chosen, span: layers.Span{From: e.Start, To: e.End}, progress: func(int64, int64) {}}
	if e.Output != "" || !isTerminal(term.out) { // else the bar would stand among the lines
		read.progress = shown.of("export")
	}
	return e.write(term.out, &read)
}

// choose returns the series to export. CSV holds one: the one asked for, or the only one
// there is.
func (e *exportCmd) choose(store *storage.Store) (chosen []storage.Series, err error) {
	all, err := store.Series()
	if err != nil {
		return nil, err
	}
	var sources []string
	for _, s := range all {
		if e.Token != "" && s.Token != e.Token {
			continue
		}
		sources = append(sources, s.Source)
		if e.Source == "" || s.Source == e.Source {
			chosen = append(chosen, s)
		}
	}
	switch {
	case len(sources) == 0 && e.Token == "":
		return nil, errors.New("the store holds no prices")
	case len(sources) == 0:
		return nil, fmt.Errorf("--token: the store holds no prices of %q", e.Token)
	case len(chosen) == 0 && e.Token == "":
		return nil, fmt.Errorf("--source: the store holds no prices from %q", e.Source)
	case len(chosen) == 0:
		return nil, fmt.Errorf("--source: the store holds no prices of %s from %q, only from %s", e.Token, e.Source, strings.Join(sources, ", "))
	case len(chosen) > 1 && e.Format == "csv":
		return nil, fmt.Errorf("--source: prices of %s come from several sources, name one: %s", e.Token, strings.Join(sources, ", "))
	}
	return chosen, nil
}

// reader reads the chosen series one after the other.
type reader struct {
	store    *storage.Store
	chosen   []storage.Series
	span     layers.Span
	progress func(done, total int64)
}

// of reads one field. It tells how far it has come by the count of prices, which is as many
// as there can be of another field.
func (r *reader) of(f openmetrics.Field) iter.Seq2[layers.Sample, error] {
	field := map[openmetrics.Field]string{
		openmetrics.Price: storage.FieldPrice, openmetrics.Volume: storage.FieldVolume, openmetrics.MarketCap: storage.FieldMarketCap,
	}[f]
	var total int64
	for _, s := range r.chosen {
		total += int64(s.Count)
	}
	return func(yield func(layers.Sample, error) bool) {
		var done int64
		for _, s := range r.chosen {
			for sample, err := range r.store.Finest(storage.Query{Token: s.Token, Source: s.Source, Field: field, Span: r.span}) {
				if done++; done%1000 == 0 {
					r.progress(min(done, total), total)
				}
				if !yield(sample, err) {
					return
				}
			}
		}
	}
}

func (e *exportCmd) write(out io.Writer, read *reader) (err error) {
	if e.Output != "" {
		file, failed := os.Create(e.Output)
		if failed != nil {
			return usageError{failed}
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		out = file
	}
	if e.Format == "openmetrics" {
		_, err = openmetrics.Write(out, read.of)
		return err
	}
	_, err = csvfile.Write(out, read.of(openmetrics.Price))
	return err
}
