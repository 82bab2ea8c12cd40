//go:build !(darwin || linux)

package storage

// roomIn does not know how many bytes can still be written to a file system.
func roomIn(string) (bytes int64, known bool) { return 0, false }
