package main

import (
	"context"
	"sync"
	"time"

	"strata/cmd/strata/internal/config"
	"strata/collector"
	"strata/metrics"
	"strata/storage"
)

// plannedJobs are what is done beside collecting, each on a schedule of its own.
func (d *daemon) plannedJobs() (jobs []*collector.Job) {
	add := func(name string, schedule collector.Schedule, run func(context.Context) error) {
		jobs = append(jobs, &collector.Job{
			Name: name, Schedule: schedule, Jitter: d.jitter, Run: run, Logger: d.log, Now: d.jobClock(),
		})
	}
	if d.backfill != nil {
		add("backfill", d.gaps, d.fillGaps)
	}
	if d.scrub.on {
		add("scrub", d.scrub.Schedule, func(ctx context.Context) error { return scrub(ctx, d.store.Scrub, d.log) })
	}
	if d.backup.on {
		b := &backups{dir: d.config.Storage.BackupDir, keep: d.config.Storage.BackupKeep, write: d.store.BackupFile, log: d.log}
		add("backup", d.backup.Schedule, func(ctx context.Context) error { return b.make(ctx, d.now()) })
	}
	return jobs
}

// look follows the jobs until ctx ends. What is missing at the start is not left to a
// schedule.
func (d *daemon) look(ctx context.Context) {
	var running sync.WaitGroup
	if d.backfill != nil {
		running.Go(func() { d.fill(ctx) })
		running.Go(func() { d.compare(ctx) })
	}
	for _, job := range d.jobs {
		running.Go(func() { job.Follow(ctx) })
	}
	running.Wait()
}

// jobStatus says how the jobs do.
func (d *daemon) jobStatus() (all []metrics.JobStatus) {
	for _, job := range d.jobs {
		s := job.Status()
		all = append(all, metrics.JobStatus{
			Name: job.Name, Schedule: job.Schedule.String(), Runs: s.Runs, Failed: s.Failed, Skipped: s.Skipped,
			LastStart: s.LastStart, LastSuccess: s.LastSuccess, LastSeconds: s.LastDuration.Seconds(), LastError: s.LastError, Next: s.Next,
		})
	}
	return all
}

// jobClock is nil for the machine's own clock.
func (d *daemon) jobClock() func() time.Time {
	if d.demo == nil {
		return nil
	}
	return d.now
}

// retentionOf says to the store what the configuration says, where 0 is for ever.
func retentionOf(c config.Retention) storage.Retention {
	forever := func(limit time.Duration) time.Duration {
		if limit == 0 {
			return -1
		}
		return limit
	}
	return storage.Retention{Raw: forever(c.Raw), FiveMinutes: forever(c.FiveMinutes), Hours: forever(c.Hours)}
}
