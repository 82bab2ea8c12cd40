package main

import (
	"path/filepath"

	"go.etcd.io/bbolt"

	"strata/layers"
	"strata/storage"
)

// ours is the store that this program is about.
type ours struct {
	*storage.Store
	path string
}

func openStrata(dir, _ string) (store, error) {
	path := filepath.Join(dir, "strata.db")
	s, err := storage.Open(path, storage.Options{})
	if err != nil {
		return nil, err
	}
	return &ours{s, path}, nil
}

func (o *ours) Read(token string, each func(int64, float64)) error {
	for sample, err := range o.Samples(token, layers.Span{}) {
		if err != nil {
			return err
		}
		each(sample.Time.UnixMilli(), sample.Price.Float64())
	}
	return nil
}

// Disk tells apart what the closes of 5 minutes and of an hour take, which the peers
// do not keep. They stand in the bucket segments, under keys that begin with 1 and 2.
func (o *ours) Disk() (disk, error) {
	d, err := boltDisk(o.path)
	if err != nil {
		return disk{}, err
	}
	err = viewBolt(o.path, func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte("segments")).ForEach(func(key, value []byte) error {
			if key[0] > 0 {
				d.rollUps += int64(len(value))
			}
			return nil
		})
	})
	return d, err
}
