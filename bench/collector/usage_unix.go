//go:build unix

package main

import (
	"runtime"
	"syscall"
	"time"
)

// usage returns how long all threads of the process have computed, for themselves and in
// the kernel, and the most memory it has had, in bytes.
func usage() (cpu time.Duration, resident int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	resident = int64(u.Maxrss)
	if runtime.GOOS != "darwin" {
		resident <<= 10 // others count in KiB
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), resident
}
