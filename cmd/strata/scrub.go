package main

import (
	"context"
	"fmt"
	"log/slog"

	"strata/storage"
)

// scrubSpeed is how fast the database is read again while it is in use, in bytes a second:
// so slowly that nobody notices.
const scrubSpeed = 5 << 20

// scrub reads the whole database again, so that damage shows while there is a backup from
// before it.
func scrub(ctx context.Context, read func(context.Context, int) (storage.ScrubReport, error), log *slog.Logger) error {
	report, err := read(ctx, scrubSpeed)
	if err != nil {
		return err
	}
	if len(report.Damaged) > 0 {
		return fmt.Errorf("%d of %d values are damaged, restore a backup: %q", len(report.Damaged), report.Values, report.Damaged)
	}
	log.Info("scrub found nothing", "values", report.Values, "bytes", report.Bytes, "duration_seconds", report.Took.Seconds())
	return nil
}
