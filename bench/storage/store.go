package main

import (
	"io/fs"
	"path/filepath"

	"strata/layers"
)

// store is one of the contenders.
type store interface {
	// Append makes a cycle durable: after it returns, a power cut does not take it.
	Append(cycle []layers.Sample) error
	// Read hands over all prices of a token, in the order of time (unix milliseconds).
	Read(token string, each func(millis int64, price float64)) error
	Close() error
	// Disk says what a closed store takes on the disk.
	Disk() (disk, error)
}

// housekeeper is a store that works on what it has beside taking in cycles. That
// costs CPU and holds up no cycle.
type housekeeper interface {
	Tend() error   // after a cycle, what is due
	Settle() error // in the end, all that would be due some time later
}

// disk is what a store takes, in bytes.
type disk struct {
	file  int64 // length of what holds history
	inUse int64 // the part of it that is not free for new data
	log   int64 // write-ahead log, beside file
}

// contender opens a store in an empty directory. The source of all prices is told
// because the stores of this program that are not ours have no catalogue to ask.
type contender struct {
	name string
	open func(dir, source string) (store, error)
}

var contenders = []contender{
	{"strata", openStrata},
	{"Prometheus TSDB", openTSDB},
	{"bbolt, JSON", openJSON},
	{"bbolt, 8 bytes", openBytes},
}

// size adds up the files at and below a path.
func size(root string) (total int64, err error) {
	err = filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	return total, err
}
