package storage

import "errors"

// Errors of [Open]. Each comes wrapped with the path and, where there is more to
// say, with what is wrong; together they read as one sentence.
var (
	// ErrLocked says that another process has the file open.
	ErrLocked = errors.New("another process holds the file: stop it, or ask the running daemon over HTTP")
	// ErrEmpty says that the file is there and has no bytes at all. It is not
	// taken for a new one, because that is what a lost file looks like.
	ErrEmpty = errors.New("the file is empty: restore it from a backup, or delete it to start anew")
	// ErrForeign says that the file was not made by strata. Nothing in it was changed.
	ErrForeign = errors.New("not a strata file: give another path")
	// ErrOlder says that the file has a format that is to be brought up to date first,
	// which a store opened for reading does not do.
	ErrOlder = errors.New("written by an older version of strata: open it once for writing, which brings it up to date")
	// ErrNewer says that the file has a format this program does not know yet.
	ErrNewer = errors.New("written by a newer version of strata: use that version")
)

// ErrDamaged says that bytes are not what was written. [Open] returns it when the
// file as a whole cannot be trusted (it was cut off, its head or its list of free
// pages is broken); reads return it for the one value they had to leave out.
var ErrDamaged = errors.New("damaged")

// Errors of writing.
var (
	// ErrFull says that the disk, or a quota on it, is full. Nothing of the
	// transaction was kept, everything acknowledged before is safe, reads go on, and
	// the same call succeeds once there is room.
	ErrFull = errors.New("disk full: free some space and try again")
	// ErrFailed says that the disk failed to write, so that nobody knows what it
	// holds of the last transaction. From then on nothing is acknowledged: the
	// process must be restarted, which finds out.
	ErrFailed = errors.New("writing to disk failed: check the disk and restart the process")
	// ErrReadOnly says that the store was opened for reading.
	ErrReadOnly = errors.New("store is open for reading only")
)

// ErrSample says that a sample cannot be kept: no token, no source, a price that
// is not positive, or a time out of range or unlike that of its cycle. Nothing was
// written.
var ErrSample = errors.New("sample refused")
