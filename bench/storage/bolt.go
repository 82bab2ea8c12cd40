package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

var samplesBucket = []byte("samples")

// openBolt opens a bbolt file with one bucket. Everything is as bbolt has it by
// default, fsync with every commit included, except that room is mapped ahead, so
// that growing does not show up as a slow commit.
func openBolt(dir string) (*bbolt.DB, error) {
	db, err := bbolt.Open(filepath.Join(dir, "peer.db"), 0o600, &bbolt.Options{InitialMmapSize: 8 << 30, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return nil, err
	}
	return db, db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucketIfNotExists(samplesBucket)
		return err
	})
}

// boltDisk measures a closed bbolt file. In use are the pages up to the highest one
// ever written that are not free; bbolt grows a file by 16 MiB at a time.
func boltDisk(path string) (disk, error) {
	info, err := os.Stat(path)
	if err != nil {
		return disk{}, err
	}
	d := disk{file: info.Size()}
	err = viewBolt(path, func(tx *bbolt.Tx) error {
		stats := tx.DB().Stats()
		d.inUse = tx.Size() - int64(stats.FreePageN+stats.PendingPageN)*int64(tx.DB().Info().PageSize)
		return nil
	})
	return d, err
}

// viewBolt looks into a closed bbolt file.
func viewBolt(path string, look func(*bbolt.Tx) error) error {
	db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		return fmt.Errorf("measure %s: %w", path, err)
	}
	return errors.Join(db.View(look), db.Close())
}
