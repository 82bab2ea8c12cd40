//go:build unix

package main

import (
	"syscall"
	"time"
)

// cpuTime returns the time that all threads of the process have spent computing, for
// themselves and in the kernel.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
