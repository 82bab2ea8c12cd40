package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestTheNewestBackupsStayAndNothingElseIsTouched(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backups")
	full := errors.New("no space")
	var refuse error
	b := &backups{dir: dir, keep: 3, log: slog.New(slog.DiscardHandler), write: func(_ context.Context, path string, _ func(int64, int64)) error {
		if refuse != nil {
			return refuse
		}
		return os.WriteFile(path, []byte("copy"), 0o600)
	}}
	night := time.Date(2026, 11, 23, 3, 41, 0, 0, time.UTC)
	for n := range 5 {
		if err := b.make(t.Context(), night.AddDate(0, 0, n)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "strata-before-the-upgrade.db"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refuse = full
	if err := b.make(t.Context(), night.AddDate(0, 0, 9)); !errors.Is(err, full) {
		t.Errorf("a backup that failed: %v", err)
	}
	var names []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	want := []string{
		"strata-20261125T034100Z.db", "strata-20261126T034100Z.db", "strata-20261127T034100Z.db", "strata-before-the-upgrade.db",
	}
	if !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
}
