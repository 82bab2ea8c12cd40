package main

import (
	"maps"

	"strata/collector"
	"strata/metrics"
)

// view is what metrics, API and page see of the daemon.
func (d *daemon) view() metrics.View {
	return metrics.View{
		Catalogue: d.catalogue,
		Snapshot:  d.engine.Latest,
		History:   d.store,
		Sources:   d.sourceHealth,
		Status:    d.status,
		Now:       d.now,

		Jumps:      d.engine.Jumps,
		Agreements: d.agreements,
		Heard:      d.heard,
	}
}

func (d *daemon) sourceHealth() []metrics.Source {
	var health []metrics.Source
	for _, s := range d.collector.Status().Sources {
		health = append(health, metrics.Source{
			Name: s.Name, Up: s.Up, LastSuccess: s.LastSuccess,
			LastError: s.LastError, ErrorKind: string(s.LastErrorKind), RetryAt: s.RetryAt,
			Requests: s.Requests, Failures: byName(s.Failures), Rejected: byName(s.Rejected),
			Listings: s.Listings, Accepted: s.Accepted, Budget: budget(s.Budget),
		})
	}
	return health
}

// budget returns what is left of a source's budget, nil when nothing limits it.
func budget(b collector.BudgetStatus) *metrics.Budget {
	if b.Limit == 0 && b.PausedUntil.IsZero() {
		return nil
	}
	return &metrics.Budget{Limit: b.Limit, Left: b.Left, PerSeconds: b.Per.Seconds(), PausedUntil: b.PausedUntil}
}

func (d *daemon) agreements() map[string]metrics.Agreement {
	tokens := d.collector.Status().Tokens
	all := make(map[string]metrics.Agreement, len(tokens))
	for _, t := range tokens {
		all[t.Token] = agreement(t)
	}
	return all
}

func agreement(t collector.TokenStatus) metrics.Agreement {
	a := metrics.Agreement{State: string(t.State), Sources: append([]string{}, t.Sources...)}
	if len(t.Sources) > 1 {
		a.Spread = &t.Spread
	}
	return a
}

func byName[K ~string](counts map[K]uint64) map[string]uint64 {
	named := make(map[string]uint64, len(counts))
	for key, count := range maps.All(counts) {
		named[string(key)] = count
	}
	return named
}

func (d *daemon) status() metrics.Status {
	status := metrics.Status{
		Version:   thisBuild().Version,
		Started:   d.started,
		Collector: d.collectorStatus(d.collector.Status()),
		Jobs:      d.jobStatus(),
		Store:     d.storeStatus(),
	}
	status.Ready = d.engine.Latest() != nil && status.Store.Samples > 0
	if !status.Ready {
		status.NotReady = "there is no price yet: neither a cycle nor the backfill has brought one"
	}
	if status.Store.Error != "" {
		status.Degraded = "nothing can be stored: " + status.Store.Error
	}
	if d.backfill != nil {
		status.Backfill = backfillStatus(d.backfill.Progress())
	}
	if d.demo != nil {
		info := d.demo.Info()
		status.Demo = &metrics.Demo{Scenario: info.Scenario, From: info.RecordedFrom, To: info.RecordedTo, Note: info.Note}
	}
	return status
}

func backfillStatus(p collector.Progress) metrics.BackfillStatus {
	status := metrics.BackfillStatus{
		Running: !p.Started.IsZero() && p.Finished.IsZero(), Started: p.Started, Finished: p.Finished,
		Total: p.Total, Done: p.Done - p.Failed, Failed: p.Failed, Samples: p.Samples, Current: p.Current,
		Ledger: make(map[string]int, len(p.Chunks)), Differ: p.Differ,
	}
	for is, n := range p.Chunks {
		status.Ledger[string(is)] = n
	}
	return status
}

func (d *daemon) collectorStatus(s collector.Status) metrics.CollectorStatus {
	return metrics.CollectorStatus{
		Schedule: d.schedule.String(),
		Cycles:   s.Cycles, Failed: s.Failed, Skipped: s.Skipped, Panics: s.Panics, ClockSteps: s.ClockSteps,
		LastStart: s.LastStart, LastSuccess: s.LastSuccess, LastSeconds: s.LastDuration.Seconds(), Next: s.Next,
	}
}

func (d *daemon) storeStatus() metrics.StoreStatus {
	s := d.store.Stats()
	status := metrics.StoreStatus{
		Path: d.config.Storage.Path, Bytes: s.FileBytes, Samples: uint64(s.Samples), Series: s.Series,
		LastWrite: s.LastAppend, WriteSeconds: s.LastAppendDuration.Seconds(), FormatVersion: s.Format,
		FreePages: s.FreePages, PendingPages: s.PendingPages,
		Readers: s.OpenReaders, ReaderSeconds: s.OldestReader.Seconds(), Damaged: s.DamagedNames,
	}
	var err error
	if status.Waiting, err = d.keeper.state(); err != nil {
		status.Error = err.Error()
	}
	return status
}
