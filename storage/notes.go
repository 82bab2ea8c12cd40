package storage

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// MaxNote is how many bytes a note may have.
const MaxNote = 4 << 20

// ErrNoNote says that there is no note of that time or before it, or none any more.
var ErrNoNote = errors.New("no note is kept")

// AppendNoted stores one cycle as [Store.Append] does, and beside it, in the same
// transaction, a note: bytes that say how the cycle came about, of which the store knows
// no more than that. A cycle may have a note and no samples; samples carry the time at.
// A note that is there already stays, like a sample. Notes are kept for
// [Options.KeepNotes], and as long as all of them take no more than [Options.NoteBytes].
// A note that cannot be written because of a damaged page is given up, which is logged,
// and the samples are stored without it.
func (s *Store) AppendNoted(at time.Time, samples []layers.Sample, note []byte) error {
	if len(samples) == 0 && note == nil {
		return nil
	}
	if err := cmp.Or(checkNote(at, note), checkCycle(at, samples)); err != nil {
		return fmt.Errorf("append cycle: %w", err)
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	started := time.Now()
	err := s.appendCycle(at, samples, note)
	if note != nil && errors.Is(err, ErrDamaged) {
		s.log.Error("note of a cycle cannot be kept", "error", err)
		err = s.appendCycle(at, samples, nil)
	}
	if err != nil {
		return fmt.Errorf("append cycle: %w", err)
	}
	if len(samples) > 0 {
		s.appended(at, time.Since(started))
	}
	s.tidyNotes(at)
	if busy := s.sealSome() || s.mergeSome(); !busy {
		s.expire(at)
	}
	return nil
}

func checkNote(at time.Time, note []byte) error {
	if millis := at.UnixMilli(); millis < 0 || millis >= maxMillis {
		return fmt.Errorf("%w: time %s is not between 1970 and 9999", ErrSample, at)
	}
	if len(note) > MaxNote {
		return fmt.Errorf("%w: a note of %d bytes, %d is the most", ErrSample, len(note), MaxNote)
	}
	return nil
}

// putNote stores the note of a cycle, unless there is one.
func (s *Store) putNote(tx *bbolt.Tx, millis int64, note []byte) error {
	found, err := newestNote(tx, millis)
	if err != nil && !errors.Is(err, ErrNoNote) {
		_ = s.report(place(bucketNotes, found.key), err) // what is in a damaged block is lost
	}
	if err == nil && found.millis == millis {
		_, err := found.read()
		if err == nil || isBlock(found.key) {
			return nil
		}
		if err := s.quarantine(tx, bucketNotes, found.key, found.value, err); err != nil {
			return err
		}
	}
	key := rowKey(millis)
	if err := bucket(tx, bucketNotes).Put(key, seal(bucketNotes, key, append([]byte{}, note...))); err != nil {
		return fmt.Errorf("store note: %w", err)
	}
	return nil
}

// Note returns the newest note of a cycle at or before a time, and the time of that
// cycle. It returns [ErrNoNote] when there is none, and an error that wraps
// [ErrDamaged] when it cannot be read.
func (s *Store) Note(at time.Time) (noted time.Time, note []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		found, err := newestNote(tx, at.UnixMilli())
		if errors.Is(err, ErrNoNote) {
			return err
		}
		if err == nil {
			note, err = found.read()
		}
		if err != nil {
			return s.report(place(bucketNotes, found.key), err)
		}
		noted = time.UnixMilli(found.millis).UTC()
		return nil
	})
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("read note of %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return noted, note, nil
}
