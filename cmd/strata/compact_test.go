package main

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"strata/storage"
)

// hollow makes the file of a store as long as it was while it held that many bytes more.
func hollow(t *testing.T, path string, size int) {
	t.Helper()
	db, err := bbolt.Open(path, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func(*bbolt.Bucket) error{
		func(b *bbolt.Bucket) error { return b.Put([]byte("gone"), make([]byte, size)) },
		func(b *bbolt.Bucket) error { return b.Delete([]byte("gone")) },
		func(*bbolt.Bucket) error { return nil }, // so that the pages are free, no longer pending
	} {
		err = errors.Join(err, db.Update(func(tx *bbolt.Tx) error { return do(tx.Bucket([]byte("damaged"))) }))
	}
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestADaemonCompactsAFileThatIsFreeByAQuarterBeforeItServes(t *testing.T) {
	path, samples := filled(t, 1000)
	hollow(t, path, 40<<20)
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	opts := storage.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}
	store, err := storage.Open(path, opts)
	if err == nil {
		store, err = compactAtOpen(store, path, opts, newProgress(&log))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	stats := store.Stats()
	if stats.Samples != samples || stats.FileBytes > 4<<20 || before.Size() < 40<<20 || store.NeedsCompaction() {
		t.Errorf("%d samples of %d, %d bytes of %d", stats.Samples, samples, stats.FileBytes, before.Size())
	}
	if !strings.Contains(log.String(), "database compacted") {
		t.Errorf("the log says %s", &log)
	}
}
