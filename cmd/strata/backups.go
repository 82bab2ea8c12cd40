package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// backups writes checked copies of the database on a schedule and keeps the newest ones.
type backups struct {
	dir   string
	keep  int
	write func(ctx context.Context, path string, progress func(done, total int64)) error
	log   *slog.Logger
}

// Names of backups sort by time.
const (
	backupPattern = "strata-*.db"
	backupLayout  = "strata-20060102T150405Z.db"
)

// make writes one backup and deletes those that are too many, once it is whole.
func (b *backups) make(ctx context.Context, now time.Time) error {
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return fmt.Errorf("storage.backup_dir: %w", err)
	}
	path := filepath.Join(b.dir, now.UTC().Format(backupLayout))
	began := time.Now()
	if err := b.write(ctx, path, nil); err != nil {
		return err
	}
	b.log.Info("backup written", "file", path, "duration_seconds", time.Since(began).Seconds())
	return b.prune()
}

// prune deletes the oldest backups. Nothing else in the directory is touched.
func (b *backups) prune() error {
	paths, err := filepath.Glob(filepath.Join(b.dir, backupPattern))
	if err != nil {
		return fmt.Errorf("storage.backup_dir: %w", err)
	}
	paths = slices.DeleteFunc(paths, func(path string) bool {
		_, err := time.Parse(backupLayout, filepath.Base(path))
		return err != nil
	})
	slices.Sort(paths)
	var faults []error
	for _, path := range paths[:max(0, len(paths)-b.keep)] {
		if err := os.Remove(path); err != nil {
			faults = append(faults, fmt.Errorf("delete old backup: %w", err))
		}
	}
	return errors.Join(faults...)
}
