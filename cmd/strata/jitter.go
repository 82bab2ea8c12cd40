package main

import (
	"hash/fnv"
	"os"
	"path/filepath"
	"time"
)

// maxJitter is within how much of a slot the installations of this program begin.
const maxJitter = 4 * time.Second

// jitterOf is how long after each slot this installation asks, so that not all ask a
// source at the same instant: always the same for the same machine and database.
func jitterOf(storagePath string) time.Duration {
	host, _ := os.Hostname() // without a name the path has to do
	if absolute, err := filepath.Abs(storagePath); err == nil {
		storagePath = absolute
	}
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(host + "\x00" + storagePath))
	return time.Duration(hash.Sum32()) * time.Millisecond % maxJitter
}
