//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package storage

import (
	"os"
	"time"
)

// locksFiles says whether lock does anything.
const locksFiles = false

// lock leaves locking to bbolt, which has its own way on this system.
func lock(*os.File, bool, time.Duration) error { return nil }
