//go:build darwin || linux

package storage

import "syscall"

// roomIn returns how many bytes can still be written to the file system of a directory,
// and whether that is known.
func roomIn(dir string) (bytes int64, known bool) {
	var stat syscall.Statfs_t
	if syscall.Statfs(dir, &stat) != nil {
		return 0, false
	}
	return int64(stat.Bavail * uint64(stat.Bsize)), true
}
