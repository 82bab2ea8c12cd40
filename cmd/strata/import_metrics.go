package main

import (
	"errors"
	"fmt"
	"os"

	"strata/cmd/strata/internal/openmetrics"
	"strata/layers"
	"strata/storage"
)

// batchSize is how many samples are handed to the store at once.
const batchSize = 1 << 16

// importMetrics reads the file twice, first to see whether anything is wrong with it, so
// that it can be longer than memory and is still taken whole or not at all.
func (i *importCmd) importMetrics(term terminal, p plan) (err error) {
	if i.Token != "" || i.Source != "" || i.Interval != 0 {
		return usageError{errors.New("--token, --source and --interval go with csv: a file in OpenMetrics says them itself")}
	}
	shown := newProgress(term.err)
	defer shown.end()
	if err := i.each(shown.of("check"), sampleOf(p.catalogue)); err != nil {
		return err
	}
	store, err := storage.Open(p.config.Storage.Path, storage.Options{})
	if err != nil {
		return err
	}
	b := &batcher{store: store, opts: storage.ImportOptions{Replace: i.Replace}}
	err = i.each(shown.of("import"), b.add)
	if err = errors.Join(err, b.flush(), store.Close()); err != nil {
		return fmt.Errorf("import %s: %w", i.File, err)
	}
	shown.end()
	_, err = fmt.Fprintf(term.out, "%d samples: %s\n", b.seen, i.outcome(b.seen, b.done))
	return err
}

// sampleOf returns what says why a sample cannot be one.
func sampleOf(catalogue *layers.Catalogue) func(layers.Sample) error {
	return func(s layers.Sample) error {
		if err := priced(catalogue, s.Token); err != nil {
			return fmt.Errorf("token: %w", err)
		}
		if err := named(s.Source); err != nil {
			return fmt.Errorf("source: %w", err)
		}
		return nil
	}
}

// each hands every sample of the file to visit.
func (i *importCmd) each(progress func(done, total int64), visit func(layers.Sample) error) error {
	file, err := os.Open(i.File)
	if err != nil {
		return usageError{err}
	}
	info, err := file.Stat()
	if err == nil {
		err = openmetrics.Read(&tracked{from: file, total: info.Size(), progress: progress}, i.File, visit)
	}
	return errors.Join(err, file.Close())
}

// batcher keeps samples many at a time. After an error it keeps no more.
type batcher struct {
	store *storage.Store
	opts  storage.ImportOptions
	batch []layers.Sample
	seen  int
	done  storage.Imported
	err   error
}

// add always succeeds; flush says whether everything was kept.
func (b *batcher) add(s layers.Sample) error {
	b.seen++
	if b.batch = append(b.batch, s); len(b.batch) == batchSize {
		_ = b.flush()
	}
	return nil
}

func (b *batcher) flush() error {
	if b.err == nil && len(b.batch) > 0 {
		var some storage.Imported
		some, b.err = b.store.ImportWith(b.batch, b.opts)
		b.done = b.done.Plus(some)
	}
	b.batch = b.batch[:0]
	return b.err
}
