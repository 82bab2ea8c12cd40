package storage_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"strata/storage"
)

func TestCheckFindsNothingInASoundStore(t *testing.T) {
	if err := storage.Check(collected(t, 500)); err != nil {
		t.Error(err)
	}
}

func TestCheckFindsAValueThatIsNotWhatWasWritten(t *testing.T) {
	path := collected(t, 500)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content = bytes.ReplaceAll(content, []byte("bittensor"), []byte("bittensoR")) // the record of a series
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	err = storage.Check(path)
	if !errors.Is(err, storage.ErrDamaged) || !strings.HasPrefix(err.Error(), "check store "+path+": ") || strings.Contains(err.Error(), "\n") {
		t.Errorf("got %v, want one sentence about damage", err)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(content, after) {
		t.Error("the check changed the file")
	}
}

// What Open finds missing, and no value shows, is a finding of Check too.
func TestCheckFindsARecordThatIsMissing(t *testing.T) {
	path := collected(t, 500)
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte("series")).Delete([]byte{0, 0, 0, 1}) })
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if err := storage.Check(path); !errors.Is(err, storage.ErrDamaged) || !strings.Contains(err.Error(), "series/00000001") {
		t.Errorf("got %v, want the record to be named", err)
	}
}

func TestCheckFindsAPageThatWasLost(t *testing.T) {
	path := collected(t, 500)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pageSize := os.Getpagesize()
	found, harmless := 0, 0
	for at := 2 * pageSize; at < len(content); at += pageSize {
		if bytes.Count(content[at:at+pageSize], []byte{0}) == pageSize {
			continue // nothing there
		}
		spoiled := bytes.Clone(content)
		clear(spoiled[at : at+pageSize])
		if err := os.WriteFile(path, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		switch err := storage.Check(path); {
		case err == nil:
			harmless++ // a page that is free
		case errors.Is(err, storage.ErrDamaged):
			found++
		default:
			t.Errorf("page %d: %v", at/pageSize, err)
		}
	}
	if found < 3 {
		t.Errorf("%d lost pages were found, %d not", found, harmless)
	}
}
