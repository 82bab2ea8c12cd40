package storage

import (
	"errors"
	"fmt"
	"io/fs"

	"go.etcd.io/bbolt"
)

// markClean notes in the file that it was closed, or takes the note back.
func (s *Store) markClean(clean bool) error {
	return s.update(func(tx *bbolt.Tx) error {
		if clean {
			return bucket(tx, bucketMeta).Put(metaClean, []byte{})
		}
		return errors.Join(bucket(tx, bucketMeta).Delete(metaClean), makeLateBuckets(tx), s.renew(tx))
	})
}

func makeLateBuckets(tx *bbolt.Tx) error {
	for _, name := range lateBuckets() {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return fmt.Errorf("make bucket %q: %w", name, err)
		}
	}
	return nil
}

// renew writes the figures of the bucket "meta" anew, after [Open] has reported what was
// wrong with them.
func (s *Store) renew(tx *bbolt.Tx) error {
	return errors.Join(putRows(tx, len(allRows(tx))), putNext(tx, s.index.next), putKept(tx, s.readKept(tx)))
}

// Unclean says whether the file was in use when its process or machine stopped: it
// was opened for writing and never closed. bbolt is made to survive that; disks are
// not always, so it is the time for a check. A file that is not there, or was written
// before there was such a note, is not unclean. The errors are those of [Open].
func Unclean(path string) (unclean bool, err error) {
	opts := Options{ReadOnly: true, LockTimeout: defaultLockTimeout}
	file, err := openFile(path, opts)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look at store %s: %w", path, err)
	}
	s, err := newStoreOn(file, opts)
	if err != nil {
		return false, fmt.Errorf("look at store %s: %w", path, err)
	}
	version, err := s.version()
	if err == nil && version == format {
		err = s.view(func(tx *bbolt.Tx) error {
			unclean = bucket(tx, bucketMeta).Get(metaClean) == nil
			return nil
		})
	}
	if err = errors.Join(err, s.db.Close()); err != nil {
		return false, fmt.Errorf("look at store %s: %w", path, err)
	}
	return unclean, nil
}
