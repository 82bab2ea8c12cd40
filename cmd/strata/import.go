package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"strata/cmd/strata/internal/csvfile"
	"strata/layers"
	"strata/storage"
)

type importCmd struct {
	settings
	File     string        `arg:"" help:"CSV file: timestamp,price or timestamp,open,high,low,close,volume, in unix seconds."`
	Token    string        `required:"" placeholder:"SLUG" help:"The token whose prices these are."`
	Source   string        `default:"import" placeholder:"NAME" help:"The source under which they are kept (default: import)."`
	Interval time.Duration `placeholder:"DURATION" help:"Length of a candle (default: the commonest distance between two rows)."`
}

// Run adds the samples of the file to the store. Samples that are there already stay
// as they are.
func (i *importCmd) Run(term terminal) error {
	p, err := i.plan()
	if err != nil {
		return err
	}
	if err := i.check(p.catalogue); err != nil {
		return usageError{err}
	}
	samples, err := i.read()
	if err != nil {
		return err
	}
	store, err := storage.Open(p.config.Storage.Path, storage.Options{})
	if err != nil {
		return err
	}
	added, err := store.Import(samples)
	if err := errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("import %s: %w", i.File, err)
	}
	_, err = fmt.Fprintf(term.out, "%d samples of %s from %s: %d added, %d were there already\n",
		len(samples), i.Token, i.Source, added, len(samples)-added)
	return err
}

func (i *importCmd) check(catalogue *layers.Catalogue) error {
	token, ok := catalogue.Token(i.Token)
	switch {
	case !ok:
		return fmt.Errorf("--token: no token %q in the catalogue; `strata layers` lists them", i.Token)
	case token.Tokenless:
		return fmt.Errorf("--token: %s is a project without a token, it has no price", token.Name)
	case i.Source == "" || strings.ContainsAny(i.Source, " \t\n/\x00"):
		return fmt.Errorf("--source: found %q, want a name without spaces and slashes", i.Source)
	case i.Interval < 0:
		return fmt.Errorf("--interval: found %s, want a length greater than 0", i.Interval)
	}
	return nil
}

func (i *importCmd) read() ([]layers.Sample, error) {
	file, err := os.Open(i.File)
	if err != nil {
		return nil, usageError{err}
	}
	samples, err := csvfile.Read(file, csvfile.Options{Name: i.File, Token: i.Token, Source: i.Source, Interval: i.Interval})
	return samples, errors.Join(err, file.Close())
}
