package storage

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// sealShare is over how many cycles the sealing of an hour is spread, when there are
// more groups than cycles.
const sealShare = 32

// sealSome moves some of the oldest hour of rows into segments, if a later hour has
// begun: a few groups of series, each in a transaction of its own, so that no cycle
// waits long. When rows wait for more than an hour it catches up. It comes after a
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
	points, err := s.collectRows(hour, first, end)
	if err != nil {
		return fmt.Errorf("seal rows: %w", err)
	}
	for _, group := range slices.Sorted(maps.Keys(points)) {
		if err := s.sealGroup(hour, group, points[group]); err != nil {
			return fmt.Errorf("seal rows: %w", err)
		}
	}
	if end < groups {
		s.sealing = sealing{hour: hour, next: end} // groups without samples need no note in the file
		return nil
	}
	return s.removeRows(hour)
}

// collectRows gathers the samples of some groups of an hour, by group and series.
func (s *Store) collectRows(hour int64, first, end uint32) (map[uint32][]run, error) {
	points := map[seriesID][]point{}
	for next, to := hourBounds(hour); next < to; {
		err := s.view(func(tx *bbolt.Tx) error {
			next = collectSome(tx, points, next, to, first, end)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	groups := map[uint32][]run{}
	for _, id := range slices.Sorted(maps.Keys(points)) {
		groups[groupOf(id)] = append(groups[groupOf(id)], run{ID: uint32(id), Points: points[id]})
	}
	return groups, nil
}

// collectSome gathers from rows of [from, to) for as long as a transaction may take,
// and returns the time to go on at.
func collectSome(tx *bbolt.Tx, points map[seriesID][]point, from, to int64, first, end uint32) (next int64) {
	began, cursor := time.Now(), bucket(tx, bucketCycles).Cursor()
	for key, value := cursor.Seek(rowKey(from)); key != nil && bytes.Compare(key, rowKey(to)) < 0; key, value = cursor.Next() {
		if len(key) != 8 || rowMillis(key) < from {
			continue // of a damaged page
		}
		if next = rowMillis(key); next > from && time.Since(began) > transactionBudget {
			return next
		}
		entries, err := decodeRow(key, value)
		if err != nil {
			continue // reported when it is removed
		}
		for _, e := range entries {
			if g := groupOf(e.id); g >= first && g < end {
				points[e.id] = append(points[e.id], point{Time: next, Value: e.value})
			}
		}
	}
	return to
}

// sealGroup adds the samples of one group to its segments and notes that it did.
func (s *Store) sealGroup(hour int64, group uint32, runs []run) error {
	var d *draft
	done := sealing{hour: hour, next: group + 1}
	err := s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		added, err := s.addDay(tx, s.readKept(tx), group, runs)
		if err != nil {
			return err
		}
		d.sealed(runs, added)
		if err := putSeries(tx, d.changed); err != nil {
			return err
		}
		return putSealing(tx, done)
	})
	if err != nil {
		return err
	}
	s.accept(d)
	s.sealing = done
	return nil
}

// sealed counts samples that went from rows to segments: those that were added there
// stay, the others were there already or are not kept of a time so long ago.
func (d *draft) sealed(runs, added []run) {
	for _, r := range runs {
		if sr := d.change(seriesID(r.ID)); sr != nil { // nil when its record is damaged
			sr.all.count -= min(sr.all.count, uint64(len(r.Points)))
		}
	}
	d.added(added)
}

// added counts samples that segments have more.
func (d *draft) added(added []run) {
	for _, r := range added {
		sr := d.change(seriesID(r.ID))
		if sr == nil {
			continue
		}
		for _, p := range r.Points {
			sr.sealed, sr.all = sr.sealed.with(p.Time), sr.all.with(p.Time)
		}
	}
}

// removeRows removes the rows of an hour whose groups are all sealed.
func (s *Store) removeRows(hour int64) error {
	err := s.update(func(tx *bbolt.Tx) error {
		from, to := hourBounds(hour)
		removed := 0
		for _, key := range rowKeys(tx, from, to) {
			if _, err := s.openRow(tx, key); err != nil { // sets it aside if it is damaged
				return err
			}
			if bucket(tx, bucketCycles).Get(key) == nil {
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

// longestKey is longer than any sound key: a damaged page can name gigabytes.
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
