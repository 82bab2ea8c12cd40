//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package storage

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// locksFiles says whether lock does anything.
const locksFiles = true

const lockRetry = 20 * time.Millisecond

// lock takes the lock that bbolt takes, before bbolt does, so that the preflight
// reads a file that nobody is writing to. bbolt gets the same open file and takes
// the lock once more, which the system grants at once.
func lock(file *os.File, readOnly bool, timeout time.Duration) error {
	how := syscall.LOCK_EX | syscall.LOCK_NB
	if readOnly {
		how = syscall.LOCK_SH | syscall.LOCK_NB
	}
	retry := time.NewTicker(lockRetry)
	defer retry.Stop()
	for deadline := time.Now().Add(timeout); ; <-retry.C {
		err := syscall.Flock(int(file.Fd()), how)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, syscall.EWOULDBLOCK) && time.Now().After(deadline):
			return ErrLocked
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			return fmt.Errorf("lock file: %w", err)
		}
	}
}
