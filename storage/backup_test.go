package storage_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
	"strata/storage"
)

var began = time.Date(2025, 6, 20, 12, 0, 0, 0, time.UTC)

// minute makes the cycle of a minute: three tokens, with prices that tell it apart.
func minute(i int) []layers.Sample {
	var samples []layers.Sample
	for k, token := range []string{"akash", "near", "bittensor"} {
		samples = append(samples, layers.Sample{
			Token: token, Source: "kraken", Time: began.Add(time.Duration(i) * time.Minute),
			Price: layers.Decimal{Coefficient: int64(1000*i + k + 1), Exponent: -4},
		})
	}
	return samples
}

// collected makes a store of that many minutes and returns its path.
func collected(t testing.TB, minutes int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "strata.db")
	s := open(t, path)
	for i := range minutes {
		if err := s.Append(minute(i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *storage.Store {
	t.Helper()
	s, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// history reads all samples of a file, by token.
func history(t testing.TB, path string) map[string][]layers.Sample {
	t.Helper()
	s, err := storage.Open(path, storage.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	series, err := s.Series()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]layers.Sample{}
	for _, of := range series {
		for sample, err := range s.Samples(of.Token, layers.Span{}) {
			if err != nil {
				t.Fatal(err)
			}
			all[of.Token] = append(all[of.Token], sample)
		}
	}
	return all
}

// alone checks that a directory holds these files and no other.
func alone(t testing.TB, dir string, names ...string) {
	t.Helper()
	var found []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	if diff := cmp.Diff(names, found); diff != "" {
		t.Errorf("files in the directory (-want +got):\n%s", diff)
	}
}

// A writer appends without a pause while backups are taken, both ways. Each one must be
// sound and hold every cycle that was acknowledged before it began, whole, and nothing
// torn after that.
func TestABackupUnderLoadHoldsEveryCycleAcknowledgedBeforeIt(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "strata.db"))
	var acknowledged atomic.Int64
	ctx, stop := context.WithCancel(t.Context())
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			if err := s.Append(minute(i)); err != nil {
				t.Error(err)
				return
			}
			acknowledged.Store(int64(i + 1))
		}
	})
	for round := range 10 {
		path := filepath.Join(dir, "backup-"+strconv.Itoa(round))
		before := int(acknowledged.Load())
		if round%2 == 0 {
			if err := s.BackupFile(ctx, path, nil); err != nil {
				t.Fatal(err)
			}
		} else {
			var text bytes.Buffer
			n, err := s.Backup(ctx, &text)
			if err != nil || n != int64(text.Len()) {
				t.Fatalf("%d of %d bytes, %v", n, text.Len(), err)
			}
			if err := storage.SaveBackup(path, &text); err != nil {
				t.Fatal(err)
			}
		}
		for token, samples := range history(t, path) {
			if len(samples) < before {
				t.Errorf("round %d: %s has %d samples, %d were acknowledged before", round, token, len(samples), before)
			}
			for i, sample := range samples {
				if want := minute(i); sample != want[0] && sample != want[1] && sample != want[2] {
					t.Fatalf("round %d: minute %d is %v", round, i, sample)
				}
			}
		}
	}
	stop()
	writing.Wait()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestABackupThatIsCutShortLeavesTheOneBefore(t *testing.T) {
	path := collected(t, 300)
	dir := t.TempDir()
	kept := filepath.Join(dir, "kept.db")
	s := open(t, path)
	defer s.Close()
	if err := s.BackupFile(t.Context(), kept, nil); err != nil {
		t.Fatal(err)
	}
	before, _ := os.ReadFile(kept)

	ctx, cancel := context.WithCancel(t.Context())
	err := s.BackupFile(ctx, kept, func(int64, int64) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled backup: %v", err)
	}
	if err := storage.SaveBackup(kept, bytes.NewReader(before[:len(before)/2])); !errors.Is(err, storage.ErrDamaged) {
		t.Errorf("half a backup: %v, want %v", err, storage.ErrDamaged)
	}
	if err := storage.SaveBackup(kept, strings.NewReader("")); !errors.Is(err, storage.ErrEmpty) {
		t.Errorf("an empty backup: %v, want %v", err, storage.ErrEmpty)
	}
	after, _ := os.ReadFile(kept)
	if !bytes.Equal(before, after) {
		t.Error("the backup of before was changed")
	}
	alone(t, dir, "kept.db")
	alone(t, filepath.Dir(path), "strata.db")
}

func TestABackupNeverReplacesTheStoreItself(t *testing.T) {
	path := collected(t, 3)
	s := open(t, path)
	defer s.Close()
	link := filepath.Join(t.TempDir(), "link.db")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{path, link} {
		if err := s.BackupFile(t.Context(), target, nil); err == nil || !strings.Contains(err.Error(), "the store itself") {
			t.Errorf("backup to %s: %v", target, err)
		}
	}
}

// A slow reader of a backup must not keep a transaction open: bbolt grows under one.
func TestASlowReaderOfABackupHoldsNoTransaction(t *testing.T) {
	path := collected(t, 100)
	s := open(t, path)
	defer s.Close()
	reading := &slowReader{during: func() {
		size := s.Stats().FileBytes
		for i := range 500 {
			if err := s.Append(minute(1000 + i)); err != nil {
				t.Fatal(err)
			}
		}
		if grown := s.Stats().FileBytes - size; grown > 2<<20 {
			t.Errorf("the file grew by %d bytes under 500 commits", grown)
		}
	}}
	if _, err := s.Backup(t.Context(), reading); err != nil {
		t.Fatal(err)
	}
}

// slowReader does something while the first bytes are on their way to it.
type slowReader struct{ during func() }

func (r *slowReader) Write(bytes []byte) (int, error) {
	if r.during != nil {
		r.during()
		r.during = nil
	}
	return len(bytes), nil
}
