package storage

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

func TestAFileWithoutPermissionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	if err := openStore(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	asNobody(func() { refused(t, path, fs.ErrPermission, "run as the user who owns the file") })
}

// asNobody runs fn with the file permissions of an ordinary user, also for root.
func asNobody(fn func()) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := os.Geteuid()
	if before == 0 {
		_ = syscall.Setfsuid(65534)
		defer func() { _ = syscall.Setfsuid(before) }()
	}
	fn()
}
