package storage

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func mustTouch(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte("of a process that was killed"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

func TestWhatAKillLeftBehindIsRemovedByTheNextOfThatName(t *testing.T) {
	path, _ := filled(t)
	for name, again := range map[string]func(t *testing.T, path string) error{
		"open": func(t *testing.T, path string) error { return openStore(t, path).Close() },
		"backup": func(t *testing.T, to string) error {
			s := openStore(t, path)
			return errors.Join(s.BackupFile(t.Context(), to, nil), s.Close())
		},
		"restore": func(_ *testing.T, to string) error { _, err := Restore(path, to, nil); return err },
		"compact": func(t *testing.T, path string) error {
			return errors.Join(openStore(t, path).Close(), Compact(path, nil))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			others := []string{".b.db.new-123", ".a.db.new-", ".a.db.new-1x", "a.db.new-123", ".a.db"}
			for _, left := range append(others, ".a.db.new-123", ".a.db.new-4567890") {
				mustTouch(t, filepath.Join(dir, left))
			}
			if err := again(t, filepath.Join(dir, "a.db")); err != nil {
				t.Fatal(err)
			}
			want := slices.Sorted(slices.Values(append(others, "a.db")))
			if got := namesIn(t, dir); !slices.Equal(got, want) {
				t.Errorf("there are %q, want %q", got, want)
			}
		})
	}
}

// One backup is under way while another of the same name begins and ends, and while a
// store of that name is opened and closed.
func TestAFileInTheMakingIsLeftAlone(t *testing.T) {
	path, content := filled(t)
	to := filepath.Join(t.TempDir(), "backup.db")
	from, into := io.Pipe()
	saved := make(chan error)
	go func() { saved <- SaveBackup(to, from) }()
	if _, err := into.Write(content[:len(content)/2]); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path)
	if err := errors.Join(s.BackupFile(t.Context(), to, nil), s.Close()); err != nil {
		t.Fatal(err)
	}
	if err := openStore(t, to).Close(); err != nil {
		t.Fatal(err)
	}
	if names := namesIn(t, filepath.Dir(to)); len(names) != 2 {
		t.Errorf("there are %q, want the backup and one in the making", names)
	}
	if _, err := into.Write(content[len(content)/2:]); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(into.Close(), <-saved, Check(to)); err != nil {
		t.Error(err)
	}
	if names := namesIn(t, filepath.Dir(to)); len(names) != 1 {
		t.Errorf("there are %q, want the backup alone", names)
	}
}
