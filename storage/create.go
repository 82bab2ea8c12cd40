package storage

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// create makes an empty store at path unless something is there. bbolt's own first
// writing is not safe against a power cut, so it happens in another file, which gets
// its name once it is on the disk.
func create(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	dir := filepath.Dir(path)
	if err := makeDirectory(dir); err != nil {
		return fmt.Errorf("create directory %s: %w", dir, explain(err))
	}
	release, err := makeIn(path)
	if err != nil {
		return err
	}
	defer release()
	file, err := temporary(path)
	if err != nil {
		return fmt.Errorf("create file: %w", explain(err))
	}
	made := file.Name()
	err = errors.Join(file.Close(), initialise(made))
	if err == nil {
		err = publish(made, path)
	}
	if remove := os.Remove(made); !errors.Is(remove, fs.ErrNotExist) {
		err = errors.Join(err, remove)
	}
	if err != nil {
		return fmt.Errorf("create file: %w", err)
	}
	return syncDirectory(dir)
}

// publish gives a file its name. It does not replace a file that another process
// made in the meantime, where the file system can tell.
func publish(made, path string) error {
	err := os.Link(made, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return nil
	}
	return os.Rename(made, path)
}

// initialise writes an empty store of the current format and sees it to the disk.
func initialise(path string) error {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: defaultLockTimeout, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, name := range slices.Concat(buckets(), lateBuckets()) {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		meta := tx.Bucket(bucketMeta)
		return errors.Join(
			putNext(tx, 1), putRows(tx, 0), putKept(tx, kept{}),
			meta.Put(metaApplication, []byte("strata")),
			meta.Put(metaFormat, binary.BigEndian.AppendUint32(nil, format)),
			meta.Put(metaCreated, binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))),
			meta.Put(metaClean, []byte{}),
		)
	})
	return errors.Join(err, db.Close())
}

// makeDirectory makes a directory and what is missing above it, each on the disk
// before it returns.
func makeDirectory(dir string) error {
	if _, err := os.Stat(dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if err := makeDirectory(above); err != nil {
		return err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDirectory(above)
}

// syncDirectory sees the names in a directory to the disk. Windows has no such call.
func syncDirectory(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
