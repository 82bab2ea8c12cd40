package storage_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"strata/storage/internal/crashsim"
)

// Row 2, the control: on a disk that says it has synced and has not, the same recording
// must be found wanting, or the test above sees nothing.
func TestTortureADiskThatLiesIsFoundOut(t *testing.T) {
	if !withStrace(t) {
		return
	}
	j := newJob(t)
	j.Count = 60
	events := record(t, j)
	first := begun(t, events)
	disk := crashsim.Disk{}
	for _, e := range events[:first] {
		disk.Do(e)
	}
	disk.Lie = true
	mustFail(t, &disk, events[first:], check{Path: j.Path, Base: j.Base})
}

// Row 2, the second control: bbolt without its syncs.
func TestTortureBboltWithoutSyncsIsFoundOut(t *testing.T) {
	if !withStrace(t) {
		return
	}
	j := newJob(t)
	j.Role, j.Count = "nosync", 60
	events := record(t, j)
	disk := crashsim.Disk{}
	first := begun(t, events)
	for _, e := range events[:first] {
		disk.Do(e)
	}
	disk.Do(crashsim.Event{Kind: crashsim.SyncNames, Name: filepath.Dir(j.Path)}) // the name is not the point
	mustFail(t, &disk, events[first:], check{Path: j.Path, Control: true})
}

// mustFail wants more than four images of five to show a loss.
func mustFail(t *testing.T, disk *crashsim.Disk, events []crashsim.Event, q check) {
	t.Helper()
	path, dir, checks := q.Path, t.TempDir()+"/image", newChecker(t)
	checks.patience = 2 * time.Second // bbolt may run in circles
	images, failed, died := 0, 0, 0
	replay(disk, events, max(*tortureImages/20, 50), func(last int, found map[string][]byte) {
		q.Path, q.Last = place(t, dir, path, found), max(last, 0)
		images++
		f := checks.ask(q)
		if f.lossless() != "" {
			failed++
		}
		if f.Died != "" {
			died++
		}
	})
	t.Logf("%d of %d images failed, of %d the process that looked died or hung", failed, images, died)
	if failed*5 <= images*4 {
		t.Errorf("only %d of %d images failed: the test has no teeth", failed, images)
	}
}

// workWithoutSync puts keys into a database whose writes are never synced.
func workWithoutSync(t *testing.T, j job) {
	db, err := bbolt.Open(j.Path, 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	for n := range j.Count {
		err := db.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte("control"))
			if err != nil {
				return err
			}
			return b.Put(fmt.Appendf(nil, "%06d", n), bytes.Repeat([]byte{byte(n)}, 1000))
		})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("stored", n)
	}
}

// runControl looks at a file of the control program, a bbolt database of numbered keys.
func (c check) runControl() (f findings) {
	db, err := bbolt.Open(c.Path, 0o600, nil)
	if err != nil {
		f.Refused = oneLine(err)
		return f
	}
	err = db.View(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte("control"))
		for n := 0; n <= c.Last; n++ {
			if b == nil || !bytes.Equal(b.Get(fmt.Appendf(nil, "%06d", n)), bytes.Repeat([]byte{byte(n)}, 1000)) {
				f.Missing++
			}
		}
		return nil
	})
	if err != nil {
		f.fault(err)
	}
	if err := db.Close(); err != nil {
		f.fault(err)
	}
	return f
}
