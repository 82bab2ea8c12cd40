package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"strata/collector"
	"strata/storage"
)

type backfillCmd struct {
	settings
	Days   int    `placeholder:"N" help:"How far back (default: backfill.days of the configuration, 365)."`
	Token  string `placeholder:"SLUG" help:"Only this token (default: all)."`
	Source string `placeholder:"NAME" help:"Only from this source (default: for each token the best one)."`
	Status bool   `help:"Show what became of all that was asked for so far, and ask for nothing."`
	JSON   bool   `name:"json" help:"Print JSON."`
}

// Run brings in what the database does not hold of the past, in the foreground.
func (b *backfillCmd) Run(ctx context.Context, t terminal) error {
	p, err := b.plan()
	if err != nil {
		return err
	}
	if b.Status {
		return b.status(ctx, t, p)
	}
	historians := historiansOf(sourcesOf(p))
	if err := b.check(p, historians); err != nil {
		return usageError{err}
	}
	store, err := openAlone(p)
	if err != nil {
		return err
	}
	console := newConsole(t.err)
	fill := backfillOf(p, store, historians, quiet(p, console))
	fill.Token, fill.Source, fill.Again = b.Token, b.Source, true
	if b.Days > 0 {
		fill.Days = b.Days
	}
	err = watched(ctx, fill, console)
	report, failed := ledgerOf(past{store})
	if err = errors.Join(err, failed, store.Close()); failed != nil {
		return err
	}
	report.Samples = fill.Progress().Samples
	return errors.Join(report.print(t, b.JSON), err)
}

// check says what of the flags makes no sense.
func (b *backfillCmd) check(p plan, historians []collector.Historian) error {
	if b.Days < 0 || b.Days > 3650 {
		return fmt.Errorf("--days: found %d, want a number from 1 to 3650", b.Days)
	}
	if b.Token != "" {
		if err := priced(p.catalogue, b.Token); err != nil {
			return fmt.Errorf("--token: %w", err)
		}
	}
	var names []string
	for _, h := range historians {
		names = append(names, h.Name())
	}
	if b.Source != "" && !slices.Contains(names, b.Source) {
		return fmt.Errorf("--source: found %q, want one of those that are enabled and know the past: %s", b.Source, strings.Join(names, ", "))
	}
	return nil
}

// openAlone opens the database, which nobody else may have open.
func openAlone(p plan) (*storage.Store, error) {
	store, err := storage.Open(p.config.Storage.Path, storage.Options{Retention: retentionOf(p.config.Storage.Retention)})
	if errors.Is(err, storage.ErrLocked) {
		return nil, usageError{fmt.Errorf("%w; a daemon that runs fills what is missing by itself, `strata backfill --status` shows how far it is", err)}
	}
	return store, err
}

// quiet is a logger that leaves out what the table at the end says.
func quiet(p plan, console *console) *slog.Logger {
	if p.config.Log.Level == "auto" {
		p.config.Log.Level = "error"
	}
	return logger(p.config.Log, console)
}

// watched runs a backfill and the comparison after it below a bar.
func watched(ctx context.Context, fill *collector.Backfill, console *console) error {
	watching, done := context.WithCancel(ctx)
	var bar sync.WaitGroup
	bar.Go(func() { showBar(watching, console, fill.Progress) })
	err := fill.Run(ctx)
	if ctx.Err() == nil {
		err = errors.Join(err, fill.Compare(ctx))
	}
	done()
	bar.Wait()
	return err
}

// showBar keeps the bar of a backfill up to date until ctx ends.
func showBar(ctx context.Context, console *console, progress func() collector.Progress) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		console.show(barOf(progress()))
		select {
		case <-ctx.Done():
			console.show("")
			return
		case <-tick.C:
		}
	}
}
