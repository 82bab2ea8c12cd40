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
	File     string        `arg:"" help:"CSV file: timestamp,price or timestamp,open,high,low,close,volume, in unix seconds; or a file in OpenMetrics as export writes it."`
	Format   string        `enum:"csv,openmetrics" default:"csv" placeholder:"FORMAT" help:"csv or openmetrics (default ${default})."`
	Token    string        `placeholder:"SLUG" help:"The token whose prices these are; needed for csv, and for csv only."`
	Source   string        `placeholder:"NAME" help:"The source under which they are kept, for csv (default: import)."`
	Interval time.Duration `placeholder:"DURATION" help:"Length of a candle, for csv (default: the commonest distance between two rows)."`
	Replace  bool          `help:"Have what is imported replace what is stored of the same token, source and time, even if that was collected live."`
}

// Run adds the samples of the file to the store. Samples that are there already stay
// as they are, unless they are to be replaced.
func (i *importCmd) Run(term terminal) error {
	p, err := i.plan()
	if err != nil {
		return err
	}
	if i.Format == "openmetrics" {
		return i.importMetrics(term, p)
	}
	if i.Source == "" {
		i.Source = "import"
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
	done, err := store.ImportWith(samples, storage.ImportOptions{Replace: i.Replace})
	if err := errors.Join(err, store.Close()); err != nil {
		return fmt.Errorf("import %s: %w", i.File, err)
	}
	_, err = fmt.Fprintf(term.out, "%d samples of %s from %s: %s\n", len(samples), i.Token, i.Source, i.outcome(len(samples), done))
	return err
}

// outcome says what an import of so many values changed.
func (i *importCmd) outcome(values int, done storage.Imported) string {
	if i.Replace {
		return fmt.Sprintf("%d added, %d replaced, %d were there already", done.Added, done.Replaced, values-done.Added-done.Replaced)
	}
	return fmt.Sprintf("%d added, %d were there already", done.Added, values-done.Added)
}

func (i *importCmd) check(catalogue *layers.Catalogue) error {
	if i.Token == "" {
		return errors.New("missing flags: --token=SLUG")
	}
	if err := priced(catalogue, i.Token); err != nil {
		return fmt.Errorf("--token: %w", err)
	}
	if err := named(i.Source); err != nil {
		return fmt.Errorf("--source: %w", err)
	}
	if i.Interval < 0 {
		return fmt.Errorf("--interval: found %s, want a length greater than 0", i.Interval)
	}
	return nil
}

// priced says why there can be no price of that token.
func priced(catalogue *layers.Catalogue, slug string) error {
	token, ok := catalogue.Token(slug)
	switch {
	case !ok:
		return fmt.Errorf("no token %q in the catalogue; `strata layers` lists them", slug)
	case token.Tokenless:
		return fmt.Errorf("%s is a project without a token, it has no price", token.Name)
	}
	return nil
}

// named says why a source cannot be called so.
func named(source string) error {
	if source == "" || strings.ContainsAny(source, " \t\n/\x00") {
		return fmt.Errorf("found %q, want a name without spaces and slashes", source)
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
