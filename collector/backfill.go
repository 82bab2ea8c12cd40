package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"sync"
	"time"

	"strata/layers"
)

// DefaultPause between two calls of a backfill suits a source without a key.
const DefaultPause = 2500 * time.Millisecond

// enough is the share of intervals with a sample from which on a stretch of the
// past counts as there: a thin token has none in some of them at the best of sources.
const enough = 0.9

// stretch is a part of the past that is filled for all tokens before the next one
// is begun.
type stretch struct {
	ask      time.Duration // how far back to ask
	need     time.Duration // how far back it must be there
	interval time.Duration // how fine
}

// The stretches: what the 24h numbers need first, then what 7d and 30d need.
func stretches() []stretch {
	const day = 24 * time.Hour
	return []stretch{
		{ask: day, need: day, interval: 5 * time.Minute},
		{ask: 90 * day, need: 30 * day, interval: time.Hour},
	}
}

// Backfill brings in the past of every token that a source knows, where it is not
// there yet. It asks one thing at a time and can be stopped and run again at any
// moment: what is stored is not asked for again.
type Backfill struct {
	Catalogue *layers.Catalogue
	Historian Historian
	// Have reads what is stored of a token, of all sources, oldest first.
	Have func(token string, span layers.Span) iter.Seq2[layers.Sample, error]
	// Keep stores samples beside what is there, and says how many were new.
	Keep   func([]layers.Sample) (int, error)
	Pause  time.Duration    // between two calls; default [DefaultPause]
	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger

	mu       sync.Mutex
	progress Progress
}

// Progress is how far a backfill has come.
type Progress struct {
	Done     int // stretches of tokens that are there, or failed
	Total    int
	Failed   int
	Samples  int       // that were new
	Started  time.Time // zero before
	Finished time.Time // zero until it ended
	Current  string    // slug of the token in work, "" for none
}

// Progress returns how far the backfill has come. It is safe to call at any time.
func (b *Backfill) Progress() Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.progress
}

// Run fills what is missing. Tokens that failed are in the joined error; the others
// are filled all the same. Only an end of ctx, a source that does not want to be
// asked at all, or a store that cannot keep anything ends it early.
func (b *Backfill) Run(ctx context.Context) error {
	listings := b.Catalogue.Listings(b.Historian.Name(), b.now())
	b.note(func(p *Progress) {
		*p = Progress{Total: len(stretches()) * len(listings), Started: b.now().UTC()}
	})
	err := b.all(ctx, listings)
	b.note(func(p *Progress) { p.Finished, p.Current = b.now().UTC(), "" })
	p := b.Progress()
	b.Logger.Info("backfill ended", "source", b.Historian.Name(), "done", p.Done, "total", p.Total,
		"failed", p.Failed, "samples", p.Samples, "duration_seconds", p.Finished.Sub(p.Started).Seconds())
	return err
}

func (b *Backfill) all(ctx context.Context, listings []layers.Listing) error {
	var faults []error
	unreachable := 0 // in a row
	for _, s := range stretches() {
		for _, listing := range listings {
			asked, err := b.one(ctx, listing, s)
			if err != nil {
				faults = append(faults, err)
			}
			if unreachable = inARow(unreachable, err); unreachable == maxUnreachable {
				return errors.Join(append(faults, fmt.Errorf("%s cannot be reached", b.Historian.Name()))...)
			}
			if _, fatal := errors.AsType[*fatalError](err); fatal || ctx.Err() != nil {
				return errors.Join(append(faults, ctx.Err())...)
			}
			if asked && !rest(ctx, cmp.Or(b.Pause, DefaultPause)) {
				return errors.Join(append(faults, ctx.Err())...)
			}
		}
	}
	return errors.Join(faults...)
}

// maxUnreachable is how many tokens in a row fail for want of any answer before the
// others are spared the try.
const maxUnreachable = 3

// inARow counts failures that say nothing about a token but that the source, or the
// network, is gone.
func inARow(n int, err error) int {
	if err == nil {
		return 0
	}
	switch kindOf(err) {
	case Network, Timeout, Unavailable:
		return n + 1
	}
	return 0
}

// one fills one stretch of one token and takes note of how that went.
func (b *Backfill) one(ctx context.Context, listing layers.Listing, s stretch) (asked bool, err error) {
	b.note(func(p *Progress) { p.Current = listing.Token })
	asked, err = b.fill(ctx, listing, s)
	if err != nil && ctx.Err() != nil {
		return asked, err // broken off, which is no failure of the token
	}
	if err != nil {
		b.Logger.Warn("backfill of a token failed", "token", listing.Token, "error", err.Error())
	}
	b.note(func(p *Progress) {
		p.Done++
		if err != nil {
			p.Failed++
		}
	})
	return asked, err
}

// fatalError ends a backfill: the next token would fail as well.
type fatalError struct{ error }

func (e *fatalError) Unwrap() error { return e.error }

// fill brings in one stretch of one token, unless it is there, and says whether the
// source was asked.
func (b *Backfill) fill(ctx context.Context, listing layers.Listing, s stretch) (asked bool, err error) {
	covered, err := b.covered(listing.Token, s)
	if err != nil {
		return false, fmt.Errorf("read history of %s: %w", listing.Token, err)
	}
	if covered {
		return false, nil
	}
	samples, err := b.ask(ctx, listing, s.ask)
	if err != nil {
		return true, fmt.Errorf("fetch history of %s: %w", listing.Token, err)
	}
	if samples = plausible(samples, b.now()); len(samples) == 0 {
		return true, nil
	}
	stored, err := b.Keep(samples)
	if err != nil {
		return true, &fatalError{fmt.Errorf("keep history of %s: %w", listing.Token, err)}
	}
	b.note(func(p *Progress) { p.Samples += stored })
	return true, nil
}

// covered says whether enough of a stretch is stored.
func (b *Backfill) covered(token string, s stretch) (bool, error) {
	now := b.now()
	filled := make(map[int64]bool)
	for sample, err := range b.Have(token, layers.Span{From: now.Add(-s.need), To: now}) {
		if err != nil {
			return false, err
		}
		filled[sample.Time.UnixNano()/int64(s.interval)] = true
	}
	return float64(len(filled)) >= enough*float64(s.need/s.interval), nil
}

// ask asks for a span, and comes back as often as it is told to come later.
func (b *Backfill) ask(ctx context.Context, listing layers.Listing, span time.Duration) ([]layers.Sample, error) {
	for n := 1; ; n++ {
		past, err := guard(func() (Past, error) {
			return b.Historian.History(ctx, []layers.Listing{listing}, 0, layers.Span{From: b.now().Add(-span), To: b.now()})
		})
		failure, ok := errors.AsType[*Error](err)
		switch {
		case ok && failure.Kind == Blocked:
			return nil, &fatalError{err}
		case !ok || failure.Kind != RateLimited:
			return past.Samples, err
		}
		pause := penalty(RateLimited, failure.RetryAfter, n, 0)
		b.Logger.Info("backfill waits", "source", b.Historian.Name(), "wait_seconds", pause.Seconds())
		if !rest(ctx, pause) {
			return nil, err
		}
	}
}

// rest does nothing for a while. It returns false when ctx has ended.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

func (b *Backfill) note(change func(*Progress)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.progress)
}

func (b *Backfill) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}
