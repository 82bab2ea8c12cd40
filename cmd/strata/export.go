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
	samples := e.samples(store, chosen)
	if e.Output != "" || !isTerminal(term.out) { // else the bar would stand among the lines
		samples = tracking(samples, chosen, shown.of("export"))
	}
	return e.write(term.out, samples)
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

// samples reads the series one after the other.
func (e *exportCmd) samples(store *storage.Store, chosen []storage.Series) iter.Seq2[layers.Sample, error] {
	span := layers.Span{From: e.Start, To: e.End}
	return func(yield func(layers.Sample, error) bool) {
		for _, s := range chosen {
			for sample, err := range store.Samples(s.Token, span) {
				if (err != nil || sample.Source == s.Source) && !yield(sample, err) {
					return
				}
			}
		}
	}
}

// tracking says how many of the samples of all series have passed.
func tracking(samples iter.Seq2[layers.Sample, error], of []storage.Series, progress func(done, total int64)) iter.Seq2[layers.Sample, error] {
	var done, total int64
	for _, s := range of {
		total += int64(s.Count)
	}
	return func(yield func(layers.Sample, error) bool) {
		for sample, err := range samples {
			if done++; done%1000 == 0 {
				progress(min(done, total), total)
			}
			if !yield(sample, err) {
				return
			}
		}
	}
}

func (e *exportCmd) write(out io.Writer, samples iter.Seq2[layers.Sample, error]) error {
	write := csvfile.Write
	if e.Format == "openmetrics" {
		write = openmetrics.Write
	}
	if e.Output == "" {
		_, err := write(out, samples)
		return err
	}
	file, err := os.Create(e.Output)
	if err != nil {
		return usageError{err}
	}
	_, err = write(file, samples)
	return errors.Join(err, file.Close())
}
