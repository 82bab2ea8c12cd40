package storage_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/storage"
)

// backedUp returns a store of 100 minutes and a backup of its first 60.
func backedUp(t *testing.T) (path, backup string) {
	t.Helper()
	path = collected(t, 60)
	backup = filepath.Join(t.TempDir(), "backup.db")
	s := open(t, path)
	defer s.Close()
	if err := s.BackupFile(t.Context(), backup, nil); err != nil {
		t.Fatal(err)
	}
	for i := 60; i < 100; i++ {
		if err := s.Append(minute(i)); err != nil {
			t.Fatal(err)
		}
	}
	return path, backup
}

func TestRestoreBringsTheBackupBackAndKeepsWhatStoodThere(t *testing.T) {
	path, backup := backedUp(t)
	before := history(t, path)
	kept, err := storage.Restore(backup, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(history(t, backup), history(t, path)); diff != "" {
		t.Errorf("restored (-backup +store):\n%s", diff)
	}
	if diff := cmp.Diff(before, history(t, kept)); diff != "" {
		t.Errorf("kept (-before +kept):\n%s", diff)
	}
	alone(t, filepath.Dir(path), "strata.db", filepath.Base(kept))
	s := open(t, path)
	if err := errors.Join(s.Append(minute(200)), s.Close()); err != nil {
		t.Errorf("the restored store takes no cycle: %v", err)
	}
}

func TestRestoreTakesThePlaceOfAStoreInAnyState(t *testing.T) {
	path, backup := backedUp(t)
	want := history(t, backup)
	states := map[string]func() error{
		"gone":  func() error { return os.Remove(path) },
		"empty": func() error { return os.Truncate(path, 0) },
		"cut":   func() error { return os.Truncate(path, 20<<10) },
		"text":  func() error { return os.WriteFile(path, []byte("prices"), 0o600) },
	}
	for name, spoil := range states {
		if err := spoil(); err != nil {
			t.Fatal(name, err)
		}
		kept, err := storage.Restore(backup, path, nil)
		if err != nil || (kept == "") != (name == "gone") {
			t.Errorf("%s: kept %q, %v", name, kept, err)
			continue
		}
		if diff := cmp.Diff(want, history(t, path)); diff != "" {
			t.Errorf("%s: restored (-want +got):\n%s", name, diff)
		}
	}
}

// The first format is still what somebody's only backup has.
func TestRestoreBringsABackupOfTheFirstFormatUpToDate(t *testing.T) {
	packed, err := os.Open("testdata/format-1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	reader, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	backup, path := filepath.Join(t.TempDir(), "old.db"), filepath.Join(t.TempDir(), "strata.db")
	if err := os.WriteFile(backup, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := storage.Restore(backup, path, nil); err != nil {
		t.Fatal(err)
	}
	if err := storage.Check(path); err != nil {
		t.Error(err)
	}
	if len(history(t, path)) == 0 {
		t.Error("nothing came back")
	}
	if after, _ := os.ReadFile(backup); !bytes.Equal(content, after) {
		t.Error("the backup was changed")
	}
}

func TestRestoreRefusesAndChangesNothing(t *testing.T) {
	path, backup := backedUp(t)
	content, _ := os.ReadFile(backup)
	cut := filepath.Join(t.TempDir(), "cut.db")
	if err := os.WriteFile(cut, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(path)
	refused := func(from string, want error) {
		t.Helper()
		if _, err := storage.Restore(from, path, nil); !errors.Is(err, want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("from %s: %v, want %v", from, err, want)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
			t.Errorf("from %s: the store was changed", from)
		}
		alone(t, filepath.Dir(path), "strata.db")
	}
	refused(cut, storage.ErrDamaged)
	refused(filepath.Join(t.TempDir(), "nowhere.db"), fs.ErrNotExist)
	if _, err := storage.Restore(path, path, nil); err == nil {
		t.Error("a store was restored from itself")
	}
	s := open(t, path)
	before, _ = os.ReadFile(path) // opening may note that it is open
	refused(backup, storage.ErrLocked)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
