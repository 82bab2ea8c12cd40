package collector

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"strata/layers"
)

// DefaultDays is how far back a backfill goes.
const DefaultDays = 365

// Backfill brings in the past of every token where it is not there yet: what is missing
// when a store is new, and the gaps that a night asleep or a dead network leaves later.
//
// Each hole is cut into chunks, each chunk is asked of the first source that reaches it
// and that is asked for live prices too, every source by a goroutine of its own and within
// its budget. What became of a chunk is in the ledger before the next one is asked for, so
// that a backfill can be stopped and run again at any moment: what is done is not asked
// for again, what failed is, after a while, and what a source does not have falls to the
// next source.
//
// Set the fields before the first Run and leave them alone from then on.
type Backfill struct {
	Catalogue  *layers.Catalogue
	Historians []Historian // the one to ask first stands first
	Ledger     Ledger

	// Have reads what is stored of a token in a span, of all sources, oldest first, at
	// least as fine as the interval.
	Have func(token string, interval time.Duration, span layers.Span) iter.Seq2[layers.Sample, error]
	// Keep stores samples beside what is there, and says how many were new.
	Keep func([]layers.Sample) (int, error)
	// KeepCandles, if set, stores candles that are over beside what is there.
	KeepCandles func([]layers.Candle) error

	Days   int           // how far back; default [DefaultDays]
	Least  time.Duration // the shortest hole worth asking for, where that is more than what hurts
	Token  string        // slug of the only token; "" for all
	Source string        // name of the only source; "" for all
	Again  bool          // whether what was given up is asked for once more

	Now    func() time.Time // nil means time.Now
	Logger *slog.Logger

	running sync.Mutex // one Run or Compare at a time; guards book and started
	book    *book
	started time.Time

	mu       sync.Mutex // guards what follows
	progress Progress
	aside    map[string]time.Time // sources that are not asked before that time
	revived  time.Time            // by the last Revive
	runs     int                  // calls of Run that wait or are under way
	giveWay  context.CancelFunc   // ends a Compare that is under way
}

// Progress is how far a backfill has come.
type Progress struct {
	Done     int                 // chunks of this run that were asked for, well or badly
	Total    int                 // chunks of this run; grows when a source turns out not to have some
	Failed   int                 // of Done, those that failed or were given up
	Samples  int                 // that were new, of all runs
	Started  time.Time           // zero before
	Finished time.Time           // zero until it ended
	Current  string              // slug of a token in work, "" for none
	Chunks   map[ChunkStatus]int // of the whole ledger, this run's and those before; nil before the first
	Differ   []string            // slugs of tokens whose past a second source contradicts
}

// Progress returns how far the backfill has come. It is safe to call at any time.
func (b *Backfill) Progress() Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.progress
}

// Run finds what is missing and asks for it. The error says what could not be asked for
// and is worth another Run later: sources that cannot be reached, chunks that failed. What
// was given up is no error. Only an end of ctx, or a store that cannot keep anything, ends
// it early. A Compare that is under way makes room.
func (b *Backfill) Run(ctx context.Context) error {
	defer b.goFirst()()
	b.running.Lock()
	defer b.running.Unlock()
	if err := b.begin(); err != nil {
		return err
	}
	err := b.fill(ctx)
	if ctx.Err() == nil && !isFatal(err) {
		err = errors.Join(err, b.strike())
	}
	b.note(func(p *Progress) { p.Finished, p.Current = b.now().UTC(), "" })
	p := b.Progress()
	b.Logger.Info("backfill ended", "done", p.Done, "total", p.Total, "failed", p.Failed,
		"samples", p.Samples, "duration_seconds", p.Finished.Sub(p.Started).Seconds())
	return err
}

// begin opens the ledger, the first time, and resets the progress.
func (b *Backfill) begin() (err error) {
	b.started = b.now().UTC()
	if b.book == nil {
		if b.book, err = openBook(b.Ledger); err != nil {
			return err
		}
	}
	b.note(func(p *Progress) { *p = Progress{Started: b.started, Samples: p.Samples} })
	b.tally()
	return nil
}

// tally brings what the progress says of the whole ledger up to date.
func (b *Backfill) tally() {
	counts, differ := b.book.counts(), b.book.differing()
	b.note(func(p *Progress) { p.Chunks, p.Differ = counts, differ })
}

// fill fills the price of Tether first, which that of others is told with.
func (b *Backfill) fill(ctx context.Context) error {
	roster := b.roster(b.started)
	tokens := b.order(roster, b.started)
	first := slices.DeleteFunc(slices.Clone(tokens), func(token string) bool { return token != tetherSlug })
	rest := slices.DeleteFunc(tokens, func(token string) bool { return token == tetherSlug })
	err := b.fillTokens(ctx, roster, first)
	if isFatal(err) || ctx.Err() != nil {
		return err
	}
	return errors.Join(err, b.fillTokens(ctx, roster, rest))
}

// fillTokens asks for what is missing of tokens, and then the next sources for what the
// first ones turned out not to have.
func (b *Backfill) fillTokens(ctx context.Context, roster map[string][]supplier, tokens []string) error {
	var faults []error
	for range len(b.Historians) + 1 {
		due, err := b.plan(roster, tokens, b.now())
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		b.note(func(p *Progress) { p.Total += len(due) })
		left, err := b.work(ctx, due)
		faults = append(faults, err)
		if isFatal(err) || ctx.Err() != nil {
			break
		}
		tokens = left
	}
	return errors.Join(faults...)
}

// fatalError ends a backfill: the next chunk would fail as well.
type fatalError struct{ error }

func (e *fatalError) Unwrap() error { return e.error }

func isFatal(err error) bool {
	_, fatal := errors.AsType[*fatalError](err)
	return fatal
}

func (b *Backfill) note(change func(*Progress)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.progress)
}

// isAside says whether a source is not to be asked now.
func (b *Backfill) isAside(h Historian, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return now.Before(b.aside[h.Name()])
}

// setAside leaves a source alone for a while.
func (b *Backfill) setAside(h Historian, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.aside == nil {
		b.aside = make(map[string]time.Time)
	}
	b.aside[h.Name()] = until
}

// Revive has the next Run ask at once for what failed: the network is back. It leaves alone
// the sources that do not want to be asked.
func (b *Backfill) Revive() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.revived = b.now()
	soon := b.revived.Add(unreachableRest)
	maps.DeleteFunc(b.aside, func(_ string, until time.Time) bool { return !until.After(soon) })
}

// isDue says whether a chunk that failed is to be asked for again now.
func (b *Backfill) isDue(c Chunk, now time.Time) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return c.due(now) || !c.Tried.After(b.revived)
}

func (b *Backfill) now() time.Time {
	if b.Now != nil {
		return b.Now()
	}
	return time.Now()
}
