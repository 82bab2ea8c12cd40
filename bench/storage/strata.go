package main

import (
	"path/filepath"

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

func (o *ours) Disk() (disk, error) { return boltDisk(o.path) }
