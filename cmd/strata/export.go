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
	"strata/layers"
	"strata/storage"
)

type exportCmd struct {
	settings
	Token  string    `required:"" placeholder:"SLUG" help:"The token whose prices are written."`
	Source string    `placeholder:"NAME" help:"The source they came from; needed when there are several."`
	Start  time.Time `placeholder:"TIME" help:"First instant, RFC 3339 (default: since ever)."`
	End    time.Time `placeholder:"TIME" help:"Instant to stop before, RFC 3339 (default: until now)."`
	Output string    `short:"o" placeholder:"FILE" help:"File to write (default: standard output)."`
}

// Run writes the samples of one token and source, oldest first.
func (e *exportCmd) Run(term terminal) (err error) {
	c, err := e.load()
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.Storage.Path); err != nil {
		return usageError{fmt.Errorf("--storage.path: %w", err)}
	}
	store, err := storage.Open(c.Storage.Path, storage.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	source, err := e.source(store)
	if err != nil {
		return usageError{err}
	}
	return e.write(term.out, from(source, store.Samples(e.Token, layers.Span{From: e.Start, To: e.End})))
}

// source returns the source to export: the one asked for, or the only one there is.
func (e *exportCmd) source(store *storage.Store) (string, error) {
	series, err := store.Series()
	if err != nil {
		return "", err
	}
	var sources []string
	for _, s := range series {
		if s.Token == e.Token {
			sources = append(sources, s.Source)
		}
		if s.Token == e.Token && s.Source == e.Source {
			return e.Source, nil
		}
	}
	switch {
	case len(sources) == 0:
		return "", fmt.Errorf("--token: the store holds no prices of %q", e.Token)
	case e.Source != "":
		return "", fmt.Errorf("--source: the store holds no prices of %s from %q, only from %s", e.Token, e.Source, strings.Join(sources, ", "))
	case len(sources) > 1:
		return "", fmt.Errorf("--source: prices of %s come from several sources, name one: %s", e.Token, strings.Join(sources, ", "))
	}
	return sources[0], nil
}

func from(source string, samples iter.Seq2[layers.Sample, error]) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for sample, err := range samples {
			if (err != nil || sample.Source == source) && !yield(sample, err) {
				return
			}
		}
	}
}

func (e *exportCmd) write(out io.Writer, samples iter.Seq2[layers.Sample, error]) error {
	if e.Output == "" {
		_, err := csvfile.Write(out, samples)
		return err
	}
	file, err := os.Create(e.Output)
	if err != nil {
		return usageError{err}
	}
	_, err = csvfile.Write(file, samples)
	return errors.Join(err, file.Close())
}
