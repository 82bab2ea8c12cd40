package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Restore puts a copy of a backup in the place of the store at path, after [Check] has
// found the backup sound, and again the copy. A backup of an older format is brought up
// to date. What stood there, whatever its state,
// stays beside it under the name that is returned: path, ".before-restore-" and the
// time; "" says that nothing stood there. At any instant path is the one or the other,
// whole. It returns [ErrLocked] while a process has the store open. progress, if not
// nil, is told the bytes copied and those to copy.
func Restore(backup, path string, progress func(done, total int64)) (kept string, err error) {
	kept, err = restore(backup, path, progress)
	if err != nil {
		return "", fmt.Errorf("restore %s from %s: %w", path, backup, err)
	}
	return kept, nil
}

func restore(backup, path string, progress func(done, total int64)) (kept string, err error) {
	if same(backup, path) {
		return "", errors.New("that is the store itself, give another path")
	}
	if err := Check(backup); err != nil && !errors.Is(err, ErrOlder) { // its copy is brought up to date and checked then
		return "", err
	}
	if err := makeDirectory(filepath.Dir(path)); err != nil {
		return "", explain(err)
	}
	release, err := claim(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, release()) }()
	fill := func(file *os.File) error {
		if err := copyFile(file, backup, progress); err != nil {
			return err
		}
		return settle(file.Name())
	}
	err = replaceFile(path, fill, func() (err error) {
		kept, err = keepAside(path)
		return err
	})
	return kept, err
}

// claim takes the lock of a store, sound or not, so that nobody opens it. Where there
// is no file there is nothing to claim.
func claim(path string) (release func() error, err error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return func() error { return nil }, nil
	}
	if err != nil {
		return nil, explain(err)
	}
	if err = lock(file, false, defaultLockTimeout); err == nil {
		err = stillAt(file, path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file.Close, nil
}

// stillAt says whether a file that is locked now is the one that the path leads to:
// another may have taken its place before the lock was free.
func stillAt(file *os.File, path string) error {
	locked, err := file.Stat()
	if err != nil {
		return err
	}
	if named, err := os.Stat(path); err != nil || !os.SameFile(locked, named) {
		return fmt.Errorf("was replaced a moment ago: %w", ErrLocked)
	}
	return nil
}

func copyFile(to io.Writer, path string, progress func(done, total int64)) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err == nil {
		_, err = io.Copy(&counted{ctx: context.Background(), to: to, total: info.Size(), progress: progress}, file)
	}
	return errors.Join(err, file.Close())
}

// keepAside gives the file at path a second name, so that it outlives a replacement,
// and returns that.
func keepAside(path string) (string, error) {
	aside := path + ".before-restore-" + time.Now().UTC().Format("20060102T150405.000Z")
	err := os.Link(path, aside)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", nil
	case err != nil: // a file system without second names
		err = os.Rename(path, aside)
	}
	return aside, err
}
