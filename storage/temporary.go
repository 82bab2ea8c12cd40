package storage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A file gets its name only once it is whole. Until then it has a hidden one beside it,
// which a kill leaves behind. Whoever makes such a file holds the lock of the directory,
// shared with others who do; the system lets go of it when the process ends. So one who
// has the lock alone knows that nobody works on any of them, and removes those of a name.

// replaceFile gives the name path to a store that fill writes, in the place of what is
// there, once the new one is on the disk and nothing is wrong with it. before, if not nil,
// is called right before that, with path still the old one.
func replaceFile(path string, fill func(*os.File) error, before func() error) (err error) {
	release, err := makeIn(path)
	if err != nil {
		return err
	}
	defer release()
	made, err := prepare(path, fill)
	if err != nil {
		return err
	}
	if before != nil {
		err = before()
	}
	if err == nil {
		err = os.Rename(made, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(made))
	}
	return syncDirectory(filepath.Dir(path))
}

// prepare makes a store beside path and returns its name, once fill has written it, it is
// on the disk, and nothing is wrong with it.
func prepare(path string, fill func(*os.File) error) (made string, err error) {
	file, err := temporary(path)
	if err != nil {
		return "", err
	}
	made = file.Name()
	if err = fill(file); err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		if err = inspect(made); err != nil {
			err = fmt.Errorf("what was written is not sound: %w", err)
		}
	}
	if err != nil {
		return "", errors.Join(err, os.Remove(made))
	}
	return made, nil
}

// temporary makes an empty file beside path, with mode 0600, that is to get that name. The
// caller has called makeIn.
func temporary(path string) (*os.File, error) {
	return os.CreateTemp(filepath.Dir(path), temporaryName(path)+"*")
}

func temporaryName(path string) string { return "." + filepath.Base(path) + ".new-" }

// makeIn takes part in the lock of the directory of path, after it has removed what others
// left there of that name. Where a directory has no locks it does neither.
func makeIn(path string) (release func(), err error) {
	sweep(path)
	directory, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	if err := lock(directory, true, defaultLockTimeout); errors.Is(err, ErrLocked) {
		return nil, errors.Join(fmt.Errorf("another process has locked the directory %s: try again", directory.Name()), directory.Close())
	}
	return func() { _ = directory.Close() }, nil
}

// sweep removes the temporary files of a name, unless somebody may be at work on one. That
// it cannot is no reason not to go on.
func sweep(path string) {
	left, err := temporaries(path)
	if err != nil || len(left) == 0 || !locksFiles {
		return
	}
	directory, err := os.Open(filepath.Dir(path))
	if err != nil {
		return
	}
	defer func() { _ = directory.Close() }()
	if lock(directory, false, 0) != nil {
		return
	}
	if left, err = temporaries(path); err == nil { // those of a moment ago may have a name by now
		for _, name := range left {
			_ = os.Remove(name)
		}
	}
}

// temporaries lists the files that may be left over.
func temporaries(path string) (names []string, err error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	for _, entry := range entries {
		number, ours := strings.CutPrefix(entry.Name(), temporaryName(path))
		if ours && number != "" && strings.Trim(number, "0123456789") == "" && entry.Type().IsRegular() {
			names = append(names, filepath.Join(filepath.Dir(path), entry.Name()))
		}
	}
	return names, err
}
