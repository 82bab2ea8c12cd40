package storage

import (
	"bytes"
	"cmp"
	"math"
	"time"

	"go.etcd.io/bbolt"
)

// Defaults of [Options.KeepNotes] and [Options.NoteBytes].
const (
	keepNotes = 48 * time.Hour
	noteBytes = 64 << 20
)

// expiredNotes is how many entries are deleted at a time, at most.
const expiredNotes = 16

// tidyNotes packs the notes of an hour that is over, or so many that they fill a block, and
// deletes what is too old or too much: a block after a cycle, in a transaction of its own,
// so that no cycle waits long. It never fails a cycle, and whatever happens in between, a
// note stands alone or in a block, never in both or in none.
func (s *Store) tidyNotes(cycle time.Time) {
	entries, err := s.noteEntries()
	if err == nil {
		err = s.tidy(s.expiredNotes(entries, cycle), toPack(entries, cycle))
	}
	if err != nil {
		s.log.Error("packing and deleting notes failed, will be tried again after the next cycle", "error", err)
	}
}

// noteEntry is what the key of an entry of the bucket "notes" says, and its length.
type noteEntry struct {
	key         []byte
	first, last int64
	bytes       int64
}

// longestNote bounds the length of an entry: what a damaged page says must not make others
// go.
const longestNote = 2*(blockBytes+MaxNote) + 1<<16

// noteEntries returns all entries that can be reached, oldest first.
func (s *Store) noteEntries() (entries []noteEntry, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		notes := bucket(tx, bucketNotes)
		cursor := notes.Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			first, last, err := noteSpan(key)
			if err == nil && len(value) <= longestNote && notes.Get(key) != nil {
				entries = append(entries, noteEntry{bytes.Clone(key), first, last, int64(len(key) + len(value))})
			}
		}
		return nil
	})
	return entries, err
}

// expiredNotes returns the keys of entries to delete: of those that are too old, and of
// the oldest when all together are too long. The clock is that of [Store.expire].
func (s *Store) expiredNotes(entries []noteEntry, cycle time.Time) (keys [][]byte) {
	keep, room := cmp.Or(s.opts.KeepNotes, keepNotes), cmp.Or(s.opts.NoteBytes, noteBytes)
	bound := earlier(cycle, time.Now()).Add(-keep).UnixMilli()
	if keep < 0 {
		bound = math.MinInt64
	}
	total := int64(0)
	for _, e := range entries {
		total += e.bytes
	}
	for _, e := range entries {
		if tooMuch := room > 0 && total > room; e.last >= bound && !tooMuch || len(keys) == expiredNotes {
			break
		}
		keys, total = append(keys, e.key), total-e.bytes
	}
	return keys
}

// toPack returns the keys of the oldest notes of one hour that still stand alone, if
// that hour is over or they fill a block.
func toPack(entries []noteEntry, cycle time.Time) (keys [][]byte) {
	now := hourOf(cycle.UnixMilli())
	var hour, length int64
	for _, e := range entries {
		if isBlock(e.key) {
			continue
		}
		if len(keys) == 0 {
			hour = hourOf(e.first)
		}
		if hourOf(e.first) != hour || length >= blockBytes {
			break
		}
		keys, length = append(keys, e.key), length+e.bytes-int64(len(e.key)+checksumSize)
	}
	if hour < now || length >= blockBytes {
		return keys
	}
	return nil
}

// tidy deletes entries, and puts a block in the place of others.
func (s *Store) tidy(expired, single [][]byte) error {
	if len(expired)+len(single) == 0 {
		return nil
	}
	notes, broken, err := s.readNotes(single)
	if err != nil {
		return err
	}
	var key, value []byte
	if len(notes) > 0 {
		if key, value, err = packNotes(notes); err != nil {
			return err
		}
	}
	return s.update(func(tx *bbolt.Tx) error {
		for _, n := range broken {
			if err := s.quarantine(tx, bucketNotes, n.key, bucket(tx, bucketNotes).Get(n.key), n.err); err != nil {
				return err
			}
		}
		for _, n := range notes {
			expired = append(expired, n.key)
		}
		for _, key := range expired {
			if err := bucket(tx, bucketNotes).Delete(key); err != nil {
				return err
			}
		}
		if key == nil {
			return nil
		}
		return bucket(tx, bucketNotes).Put(key, value)
	})
}

// storedNote is a note that stands alone.
type storedNote struct {
	key    []byte
	millis int64
	note   []byte
	err    error // why it cannot be read
}

// readNotes copies notes that stand alone, and says which of them are broken.
func (s *Store) readNotes(keys [][]byte) (notes, broken []storedNote, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		for _, key := range keys {
			n := storedNote{key: key, millis: rowMillis(key)}
			body, err := unseal(bucketNotes, key, bucket(tx, bucketNotes).Get(key))
			if err != nil {
				n.err = err
				broken = append(broken, n)
				continue
			}
			n.note = bytes.Clone(body)
			notes = append(notes, n)
		}
		return nil
	})
	return notes, broken, err
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
