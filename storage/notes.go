package storage

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// MaxNote is how many bytes a note may have.
const MaxNote = 1 << 20

// ErrNoNote says that there is no note of that time or before it, or none any more.
var ErrNoNote = errors.New("no note is kept")

// keepNotes is the default of [Options.KeepNotes].
const keepNotes = 48 * time.Hour

// AppendNoted stores one cycle as [Store.Append] does, and beside it, in the same
// transaction, a note: bytes that say how the cycle came about, of which the store knows
// no more than that. A cycle may have a note and no samples; samples carry the time at.
// A note that is there already stays, like a sample. Notes are kept for
// [Options.KeepNotes]. A note that cannot be written because of a damaged page is given
// up, which is logged, and the samples are stored without it.
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
	s.expireNotes(at)
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
	key := rowKey(millis)
	if value := bucket(tx, bucketNotes).Get(key); value != nil {
		_, err := unseal(bucketNotes, key, value)
		if err == nil {
			return nil
		}
		if err := s.quarantine(tx, bucketNotes, key, value, err); err != nil {
			return err
		}
	}
	if err := bucket(tx, bucketNotes).Put(key, seal(bucketNotes, key, bytes.Clone(note))); err != nil {
		return fmt.Errorf("store note: %w", err)
	}
	return nil
}

// Note returns the newest note of a cycle at or before a time, and the time of that
// cycle. It returns [ErrNoNote] when there is none, and an error that wraps
// [ErrDamaged] when it cannot be read.
func (s *Store) Note(at time.Time) (noted time.Time, note []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		key, value := lastUpTo(tx, at.UnixMilli())
		if key == nil {
			return ErrNoNote
		}
		body, err := decodeNote(key, value)
		if err != nil {
			return s.report(place(bucketNotes, key), err)
		}
		noted, note = time.UnixMilli(rowMillis(key)).UTC(), bytes.Clone(body)
		return nil
	})
	if err != nil {
		return time.Time{}, nil, fmt.Errorf("read note of %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return noted, note, nil
}

// lastUpTo returns the last entry of the bucket "notes" whose time is at or before that
// given, nil when there is none.
func lastUpTo(tx *bbolt.Tx, millis int64) (key, value []byte) {
	notes := tx.Bucket(bucketNotes)
	if notes == nil || millis < 0 { // of a file from before there were any, opened for reading
		return nil, nil
	}
	cursor := notes.Cursor()
	if key, value = cursor.Seek(rowKey(millis)); key != nil && bytes.Equal(key, rowKey(millis)) {
		return key, value
	}
	if key == nil {
		key, value = cursor.Last()
	} else {
		key, value = cursor.Prev()
	}
	if bytes.Compare(key, rowKey(millis)) > 0 { // a damaged page leads on
		return nil, nil
	}
	return key, value
}

func decodeNote(key, value []byte) ([]byte, error) {
	if len(key) != 8 || binary.BigEndian.Uint64(key) >= maxMillis {
		return nil, fmt.Errorf("%w key: no time", ErrDamaged)
	}
	return unseal(bucketNotes, key, value)
}

// expiredNotes is how many notes are deleted at a time: one cycle in so many pays for a
// transaction more.
const expiredNotes = 16

// expireNotes deletes old notes, as soon as there are enough of them. It comes after a
// cycle and never fails it. Its clock is that of [Store.expire].
func (s *Store) expireNotes(cycle time.Time) {
	keep := cmp.Or(s.opts.KeepNotes, keepNotes)
	bound := earlier(cycle, time.Now()).Add(-keep).UnixMilli()
	if keep < 0 || bound <= 0 {
		return
	}
	var keys [][]byte
	err := s.view(func(tx *bbolt.Tx) error {
		keys = keysBetween(bucket(tx, bucketNotes), rowKey(0), rowKey(bound), expiredNotes)
		return nil
	})
	if err == nil && len(keys) == expiredNotes {
		err = s.update(func(tx *bbolt.Tx) error {
			for _, key := range keys {
				if err := bucket(tx, bucketNotes).Delete(key); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		s.log.Error("deleting old notes failed, will be tried again after the next cycle", "error", err)
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
