package storage

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// format is the version of the layout that the package doc describes.
const format = 2

const defaultLockTimeout = time.Second

// allocation is how far the file grows at a time, in bytes.
const allocation = 1 << 20

// Open opens the store in the file at path. When there is no file it makes one, and
// the directory it lies in, in a way that leaves either nothing or a whole store
// after a power cut. It looks the file over before it trusts it; its errors are
// [ErrLocked], [ErrEmpty], [ErrForeign], [ErrDamaged], [ErrNewer] and those of the
// operating system. A file of an older format is brought up to date, which takes some
// seconds for a year of it; opened for reading, it is refused with [ErrOlder].
func Open(path string, opts Options) (*Store, error) {
	s, err := open(path, opts)
	if err != nil {
		return nil, fmt.Errorf("open store %s: %w", path, err)
	}
	return s, nil
}

func open(path string, opts Options) (*Store, error) {
	opts.LockTimeout = cmp.Or(opts.LockTimeout, defaultLockTimeout)
	if !opts.ReadOnly {
		if err := create(path); err != nil {
			return nil, err
		}
		sweep(path)
	}
	file, err := openFile(path, opts)
	if err != nil {
		return nil, err
	}
	s, err := newStoreOn(file, opts)
	if err != nil {
		return nil, err
	}
	if err = s.prepare(); err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

// newStoreOn returns a store on a locked file that passed the preflight, before any
// of its content was looked at.
func newStoreOn(file *os.File, opts Options) (*Store, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	db, err := openDatabase(file, opts)
	if err != nil {
		return nil, err
	}
	log := cmp.Or(opts.Logger, slog.New(slog.DiscardHandler))
	return &Store{path: file.Name(), file: info, opts: opts, log: log, db: db, index: newIndex(), damaged: map[string]bool{}}, nil
}

// openFile opens, locks and looks over a file that exists.
func openFile(path string, opts Options) (*os.File, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, explain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("is a directory or device: %w", ErrForeign)
	}
	mode := os.O_RDWR
	if opts.ReadOnly {
		mode = os.O_RDONLY
	}
	file, err := os.OpenFile(path, mode, 0)
	if err != nil {
		return nil, explain(err)
	}
	if err = lock(file, opts.ReadOnly, opts.LockTimeout); err == nil {
		err = preflight(file)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}

// explain leaves out the path, which is said already, and adds what to do.
func explain(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: run as the user who owns the file, or give another path", err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: nothing has been stored there yet", err)
	}
	return err
}

// openDatabase hands a locked file that passed the preflight to bbolt, which closes
// it in the end, also after an error.
func openDatabase(file *os.File, opts Options) (db *bbolt.DB, err error) {
	err = guard(func() error {
		db, err = bbolt.Open(file.Name(), 0, &bbolt.Options{
			Timeout:         opts.LockTimeout,
			FreelistType:    bbolt.FreelistMapType,
			InitialMmapSize: mappedBytes(),
			ReadOnly:        opts.ReadOnly,
			OpenFile:        func(string, int, os.FileMode) (*os.File, error) { return file, nil },
		})
		return err
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrLocked
	}
	if err != nil {
		return nil, err
	}
	db.AllocSize = allocation
	return db, nil
}

// mappedBytes is the address space to map at once. A file that outgrows it is mapped
// anew, which waits for readers; it costs no memory, but address space is scarce in
// 32 bits, and Windows would make the file that long.
func mappedBytes() int {
	if strconv.IntSize < 64 || runtime.GOOS == "windows" {
		return 0
	}
	gibibyte := 1 << 30 // no constant, which would not fit into 32 bits
	return 8 * gibibyte
}

// prepare brings a database that was opened into use.
func (s *Store) prepare() error {
	version, err := s.version()
	if err == nil {
		err = s.upgrade(version)
	}
	if err == nil {
		err = s.verify()
	}
	if err == nil && s.oversized() {
		err = fmt.Errorf("%w: an entry is longer than the file; restore it from a backup", ErrDamaged)
	}
	if err == nil {
		err = s.load()
	}
	if err == nil && !s.opts.ReadOnly {
		err = s.markClean(false)
	}
	return err
}

// version returns the format of the file, if this program can read it.
func (s *Store) version() (version uint32, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil || string(meta.Get(metaApplication)) != "strata" {
			return fmt.Errorf("a bbolt file of another program: %w", ErrForeign)
		}
		value := meta.Get(metaFormat)
		if len(value) != 4 {
			return fmt.Errorf("%w: it does not say its format; restore it from a backup", ErrDamaged)
		}
		if version = binary.BigEndian.Uint32(value); version > format {
			return fmt.Errorf("has format %d, this program knows up to %d: %w", version, format, ErrNewer)
		}
		return nil
	})
	return version, err
}

// verify says whether the buckets are there.
func (s *Store) verify() error {
	return s.view(func(tx *bbolt.Tx) error {
		for _, name := range buckets() {
			if tx.Bucket(name) == nil {
				return fmt.Errorf("%w: the bucket %q is missing; restore it from a backup", ErrDamaged, name)
			}
		}
		return nil
	})
}
