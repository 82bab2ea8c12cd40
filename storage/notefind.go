package storage

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"
)

// noteSpan returns the times of the first and the last note of an entry, which all lie in
// one hour. The key of a block has both, that of a single note its own.
func noteSpan(key []byte) (first, last int64, err error) {
	if len(key) != 8 && !isBlock(key) {
		return 0, 0, fmt.Errorf("%w key: no time", ErrDamaged)
	}
	from, to := binary.BigEndian.Uint64(key), binary.BigEndian.Uint64(key[len(key)-8:])
	if from > to || to >= maxMillis || hourOf(int64(from)) != hourOf(int64(to)) {
		return 0, 0, fmt.Errorf("%w key: no time", ErrDamaged)
	}
	return int64(from), int64(to), nil
}

func isBlock(key []byte) bool { return len(key) == 16 }

func blockKey(first, last int64) []byte { return append(rowKey(first), rowKey(last)...) }

// notePlace is where a note stands: an entry of the bucket "notes", and its time.
type notePlace struct {
	key, value []byte // of bbolt
	millis     int64
}

// read returns a copy of the note.
func (p notePlace) read() ([]byte, error) {
	if isBlock(p.key) {
		b, err := openBlock(p.key, p.value)
		if err != nil {
			return nil, err
		}
		return b.note(p.millis)
	}
	body, err := unseal(bucketNotes, p.key, p.value)
	return append([]byte{}, body...), err
}

// newestNote returns where the newest note at or before a time stands. Entries are in the
// order of their first notes, and those of one hour may reach over one another, so all
// of that hour are looked at. With an error the place is that of the entry it is about.
// What is in a damaged block is known by the time of its first note alone.
func newestNote(tx *bbolt.Tx, millis int64) (best notePlace, err error) {
	notes := tx.Bucket(bucketNotes)
	if notes == nil || millis < 0 { // of a file from before there were any, opened for reading
		return best, ErrNoNote
	}
	best.millis = -1
	var broken notePlace
	var fault error
	cursor := notes.Cursor()
	for key, value := lastUpTo(cursor, millis); key != nil; key, value = cursor.Prev() {
		first, last, err := noteSpan(key)
		if err != nil && best.key == nil {
			return notePlace{key: key}, err
		}
		if err != nil || best.key != nil && hourOf(first) != hourOf(best.millis) {
			break
		}
		here := notePlace{key, value, last}
		if last > millis {
			if here.millis, err = newestInBlock(key, value, millis); err != nil {
				here.millis, broken, fault = first, here, err
			}
		}
		if here.millis > best.millis {
			best = here
		}
	}
	switch {
	case best.key == nil:
		return best, ErrNoNote
	case best.millis < millis && fault != nil: // there may have been a newer one in it
		return broken, fault
	}
	return best, nil
}

// lastUpTo returns the last entry that begins at or before a time, nil when there is none.
func lastUpTo(cursor *bbolt.Cursor, millis int64) (key, value []byte) {
	after := rowKey(millis + 1)
	if key, _ = cursor.Seek(after); key == nil {
		key, value = cursor.Last()
	} else {
		key, value = cursor.Prev()
	}
	if bytes.Compare(key, after) >= 0 { // a damaged page leads on
		return nil, nil
	}
	return key, value
}

// newestInBlock returns the time of the newest note at or before a time in a block that
// begins before it.
func newestInBlock(key, value []byte, millis int64) (newest int64, err error) {
	b, err := openBlock(key, value)
	if err != nil {
		return 0, err
	}
	for _, part := range b.parts {
		if part.millis <= millis {
			newest = part.millis
		}
	}
	return newest, nil
}
