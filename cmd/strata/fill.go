package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"strata/collector"
	"strata/layers"
	"strata/storage"
)

// backfillOf is a backfill into a store.
func backfillOf(p plan, store *storage.Store, historians []collector.Historian, log *slog.Logger) *collector.Backfill {
	kept := past{store}
	return &collector.Backfill{
		Catalogue: p.catalogue, Historians: historians, Ledger: kept,
		Have: kept.have, Keep: store.Import, KeepCandles: kept.keepCandles,
		Days: p.config.Backfill.Days, Least: leastGap(p.schedule), Logger: log,
	}
}

// leastGap is how long nothing may be stored before that is a gap: three cycles.
func leastGap(s collector.Schedule) time.Duration {
	first := s.Next(time.Unix(0, 0))
	return 3 * s.Next(first).Sub(first)
}

// keepHistory stores samples of the past and has the numbers take them in.
func (d *daemon) keepHistory(samples []layers.Sample) (int, error) {
	added, err := d.store.Import(samples)
	if err != nil {
		return added, d.vouch(err)
	}
	d.engine.Observe(samples...)
	if d.published.due(time.Now()) { // a backfill brings hundreds of pieces a minute
		d.publish()
	}
	return added, nil
}

// pace says whether it is time for something that is done once a second at most. It is
// safe for concurrent use.
type pace struct {
	mu   sync.Mutex
	last time.Time
}

func (p *pace) due(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.last) < time.Second {
		return false
	}
	p.last = now
	return true
}

// How long a backfill rests that could not bring in everything: at first, and at most.
const (
	fillAgain     = time.Minute
	fillAgainMost = 15 * time.Minute
)

// fill brings in what is missing at the start, and tries again for as long as something is
// missing: after a while, or at once when the network has come back.
func (d *daemon) fill(ctx context.Context) {
	for rest := fillAgain; ; rest = min(2*rest, fillAgainMost) {
		err := d.fillGaps(ctx)
		if ctx.Err() != nil {
			return
		}
		if d.onFilled != nil {
			d.onFilled(ctx)
			d.onFilled = nil
		}
		if err == nil {
			return
		}
		d.log.Warn("backfill incomplete", "again_seconds", rest.Seconds(), "error", err.Error())
		again := time.NewTimer(rest)
		select {
		case <-ctx.Done():
			again.Stop()
			return
		case <-again.C:
		case <-d.revived:
			again.Stop()
			d.backfill.Revive()
			rest = fillAgain / 2
		}
	}
}

// watchNetwork has a backfill go on at once when a cycle went well after one that did not.
func (d *daemon) watchNetwork(cycle collector.Cycle) {
	back := d.offline && cycle.Err == nil
	d.offline = cycle.Err != nil
	if !back {
		return
	}
	select {
	case d.revived <- struct{}{}:
	default: // it knows, or nothing waits for it
	}
}

// fillGaps brings in what is missing, and has what came held against second sources.
func (d *daemon) fillGaps(ctx context.Context) error {
	err := d.fillOnce(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d.recall(ctx)
	d.publish()
	if err != nil {
		return err
	}
	select {
	case d.filled <- struct{}{}:
	default: // it will be
	}
	return nil
}

// compare holds what a backfill brought against second sources, beside all else: that
// takes long, and no gap waits for it.
func (d *daemon) compare(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.filled:
		}
		if err := d.backfill.Compare(ctx); err != nil && ctx.Err() == nil {
			d.log.Warn("history cannot be compared with second sources", "error", err.Error())
		}
	}
}

func (d *daemon) fillOnce(ctx context.Context) error {
	ctx, done := context.WithCancel(ctx)
	var watching sync.WaitGroup
	watching.Go(func() { showBar(ctx, d.console, d.backfill.Progress) })
	err := d.backfill.Run(ctx)
	done()
	watching.Wait()
	return err
}
