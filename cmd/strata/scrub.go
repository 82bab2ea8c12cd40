package main

import (
	"context"
	"log/slog"
	"time"

	"strata/storage"
)

// How the database is read again while it is in use: first once the start is over, then
// every week, and so slowly that nobody notices.
const (
	scrubFirst = time.Hour
	scrubEvery = 7 * 24 * time.Hour
	scrubSpeed = 5 << 20 // bytes a second
)

// scrub reads the database again and again until ctx ends, so that damage shows while
// there is a backup from before it.
func scrub(ctx context.Context, read func(context.Context, int) (storage.ScrubReport, error), log *slog.Logger) {
	next := time.NewTimer(scrubFirst)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		report, err := read(ctx, scrubSpeed)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Error("scrub failed", "error", err)
		case len(report.Damaged) > 0:
			log.Error("scrub found damage, restore a backup", "damaged", report.Damaged, "values", report.Values)
		default:
			log.Info("scrub found nothing", "values", report.Values, "bytes", report.Bytes, "duration_seconds", report.Took.Seconds())
		}
		next.Reset(scrubEvery)
	}
}
