package storage

import (
	"bytes"
	"fmt"

	"go.etcd.io/bbolt"
)

// sealShare is over how many cycles the sealing of an hour is spread, when there are
// more groups than cycles.
const sealShare = 8

// sealSome moves some of the oldest hour of rows into pieces, if a later hour has begun:
// a few groups of series in a transaction, so that no cycle waits long. When rows wait for more than an hour it catches up. It comes after a
// cycle and never fails it: the rows are as safe as the segments, and the next cycle
// goes on. It says whether there was anything to do.
func (s *Store) sealSome() (busy bool) {
	done := int64(-1)
	for {
		hour, newest, err := s.oldestHour()
		if err == nil && (newest <= hour || hour == done) { // a row that cannot be reached cannot be removed
			return busy
		}
		busy = true
		if err == nil {
			err = s.sealPart(hour)
		}
		if err != nil {
			s.log.Error("sealing rows failed, will go on after the next cycle", "error", err)
			return busy
		}
		if newest < hour+2 {
			return busy
		}
		if s.sealing.next == 0 {
			done = hour
		}
	}
}

// finishHour seals what is left of an hour that is half sealed, because a row that
// came late would be taken for sealed.
func (s *Store) finishHour(hour int64) error {
	for s.sealing.under(hour) {
		if err := s.sealPart(hour); err != nil {
			return err
		}
	}
	return nil
}

// oldestHour returns the number of the hour to seal next and of the newest one. The
// rows themselves are the clock.
func (s *Store) oldestHour() (oldest, newest int64, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		cursor := bucket(tx, bucketCycles).Cursor()
		first, _ := cursor.First()
		for first != nil && len(first) != 8 { // of a damaged page
			first, _ = cursor.Next()
		}
		last, _ := cursor.Last()
		for last != nil && len(last) != 8 {
			last, _ = cursor.Prev()
		}
		if first != nil && last != nil {
			oldest, newest = hourOf(rowMillis(first)), hourOf(rowMillis(last))
		}
		return nil
	})
	if s.sealing.next > 0 {
		oldest = s.sealing.hour
	}
	return oldest, newest, err
}

// sealPart seals some groups of an hour, and after the last one removes its rows.
func (s *Store) sealPart(hour int64) error {
	first := uint32(0)
	if s.sealing.under(hour) {
		first = s.sealing.next
	}
	groups := groupOf(s.index.next) + 1
	end := min(groups, first+1+groups/sealShare)
	filled, err := s.collectRows(hour, first, end)
	if err == nil && len(filled) > 0 {
		err = s.sealRows(sealing{hour: hour, next: end}, filled)
	}
	if err != nil {
		return fmt.Errorf("seal rows: %w", err)
	}
	if s.sealing = (sealing{hour: hour, next: end}); end < groups { // groups without samples need no note in the file
		return nil
	}
	return s.removeRows(hour)
}

// sealRows adds the samples of some groups to their segments and notes how far it got.
func (s *Store) sealRows(done sealing, groups []unit) error {
	var d *draft
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		k := s.readKept(tx)
		for _, u := range groups {
			if err := s.sealGroup(tx, d, k, done.hour, u.group, u.runs); err != nil {
				return err
			}
		}
		if err := putSeries(tx, d.changed); err != nil {
			return err
		}
		return putSealing(tx, done)
	})
	if err == nil {
		s.accept(d)
	}
	return err
}

// sealGroup adds the samples of one group to its piece. Those of a time so long ago that
// no piece is kept of it go to a coarser segment, or nowhere.
func (s *Store) sealGroup(tx *bbolt.Tx, d *draft, k kept, hour int64, group uint32, runs []run) error {
	if r, _ := k.finest(runs[0].Points[0].Time); r != Raw {
		d.uncount(runs)
		_, err := s.addDay(tx, d, k, group, runs)
		return err
	}
	added, err := s.addToSegment(tx, pieces, uint32(hour), group, runs)
	if err == nil && countOf(added) < countOf(runs) { // the others were there already
		d.uncount(runs)
		d.recount(added)
	}
	return err
}

// removeRows removes the rows of an hour whose groups are all sealed.
func (s *Store) removeRows(hour int64) error {
	err := s.update(func(tx *bbolt.Tx) error {
		from, to := hourBounds(hour)
		removed := 0
		for _, key := range rowKeys(tx, from, to) {
			whole, err := s.checkRow(tx, key)
			if err != nil {
				return err
			}
			if !whole {
				continue
			}
			if err := bucket(tx, bucketCycles).Delete(key); err != nil {
				return err
			}
			removed++
		}
		if err := addRows(tx, -removed); err != nil {
			return err
		}
		return putSealing(tx, sealing{})
	})
	if err != nil {
		return fmt.Errorf("remove rows: %w", err)
	}
	s.sealing = sealing{}
	return nil
}

// longestKey is longer than any sound key of a row, a note or a segment: a damaged page
// can name gigabytes.
const longestKey = 64

// keysBetween copies the keys of [from, to), at most limit of them, and of each no more
// than longestKey. A damaged page may lead to keys before from, which are left out.
func keysBetween(b *bbolt.Bucket, from, to []byte, limit int) (keys [][]byte) {
	cursor := b.Cursor()
	for key, _ := cursor.Seek(from); key != nil && len(keys) < limit && bytes.Compare(key, to) < 0; key, _ = cursor.Next() {
		if bytes.Compare(key, from) >= 0 {
			keys = append(keys, bytes.Clone(key[:min(len(key), longestKey)]))
		}
	}
	return keys
}
