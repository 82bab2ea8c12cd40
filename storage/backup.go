package storage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"go.etcd.io/bbolt"
)

// Backup writes a copy of the store to w, as it stands at one instant, while others
// read and write. It returns the bytes written.
//
// The copy goes into a file without a name in the store's directory first, and from
// there to w. So a slow w costs room on the disk, not a transaction: the one that
// copies lasts as long as the disk needs, about a second a gigabyte. It is the one
// transaction of this package that can pass a quarter of a second, when the file has
// grown beyond some hundred megabytes; commits go on meanwhile.
//
// Whoever receives the bytes has to check them; see [SaveBackup].
func (s *Store) Backup(ctx context.Context, w io.Writer) (written int64, err error) {
	release, err := makeIn(s.path)
	if err != nil {
		return 0, fmt.Errorf("back up store: %w", err)
	}
	file, err := temporary(s.path)
	if err != nil {
		release()
		return 0, fmt.Errorf("back up store: %w", err)
	}
	// Where a file may lose its name while it is open, a kill leaves nothing behind.
	lost := os.Remove(file.Name())
	release()
	defer func() {
		err = errors.Join(err, file.Close())
		if lost != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err = s.copyTo(ctx, file, nil); err == nil {
		if _, err = file.Seek(0, io.SeekStart); err == nil {
			written, err = io.Copy(&counted{ctx: ctx, to: w}, file)
		}
	}
	if err != nil {
		return written, fmt.Errorf("back up store: %w", err)
	}
	return written, nil
}

// BackupFile writes a copy of the store as it stands at one instant into the file at
// path, replacing one that is there. The file gets its name only once it is on the
// disk and [Check] has found it sound; until then, and after an error, what stood there
// stays. So a store that is damaged never takes the place of a backup that is not.
// A kill in the middle leaves a hidden file beside it, which the next backup to that path
// removes. progress, if
// not nil, is told the bytes copied and those to copy.
func (s *Store) BackupFile(ctx context.Context, path string, progress func(done, total int64)) error {
	if same(s.path, path) {
		return fmt.Errorf("back up store to %s: that is the store itself, give another path", path)
	}
	err := replaceFile(path, func(file *os.File) error { return s.copyTo(ctx, file, progress) }, nil)
	if err != nil {
		return fmt.Errorf("back up store to %s: %w", path, err)
	}
	return nil
}

// SaveBackup writes what [Store.Backup] of another process sends into the file at path,
// with the promises of [Store.BackupFile].
func SaveBackup(path string, from io.Reader) error {
	err := replaceFile(path, func(file *os.File) error {
		_, err := io.Copy(file, from)
		return err
	}, nil)
	if err != nil {
		return fmt.Errorf("save backup to %s: %w", path, err)
	}
	return nil
}

// copyTo copies the file as one transaction sees it.
func (s *Store) copyTo(ctx context.Context, w io.Writer, progress func(done, total int64)) error {
	to := &counted{ctx: ctx, to: w, progress: progress}
	err := s.view(func(tx *bbolt.Tx) error {
		to.total = tx.Size()
		_, err := tx.WriteTo(to)
		return err
	})
	return cmp.Or(to.err, err) // bbolt passes on the text of an error only
}

// counted is a writer that says how far it has come, and stops when ctx ends.
type counted struct {
	ctx         context.Context
	to          io.Writer
	done, total int64
	progress    func(done, total int64) // may be nil
	err         error                   // the first
}

func (c *counted) Write(bytes []byte) (int, error) {
	if c.err = context.Cause(c.ctx); c.err != nil {
		return 0, c.err
	}
	n, err := c.to.Write(bytes)
	c.done, c.err = c.done+int64(n), err
	if c.progress != nil {
		c.progress(c.done, c.total)
	}
	return n, err
}

// same says whether two paths lead to one file.
func same(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
