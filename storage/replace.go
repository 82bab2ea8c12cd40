package storage

import (
	"slices"

	"go.etcd.io/bbolt"
)

// sealDays moves the rows from the first to the last day of units, which are ordered by
// day, into segments, so that there is one place where a value can be replaced. The caller
// holds s.writing.
func (s *Store) sealDays(units []unit) error {
	if err := s.finishHour(s.sealing.hour); err != nil { // no two hours are half sealed
		return err
	}
	first, last := units[0].runs[0].Points[0].Time, units[len(units)-1].runs[0].Points[0].Time
	var rows [][]byte
	err := s.view(func(tx *bbolt.Tx) error {
		rows = rowKeys(tx, Raw.spanStart(Raw.spanOf(first)), Raw.spanEnd(Raw.spanOf(last))+1)
		return nil
	})
	if err != nil {
		return err
	}
	for _, hour := range hoursOf(rows) {
		if err := s.sealHour(hour); err != nil {
			return err
		}
	}
	return nil
}

// sealHour seals all rows of an hour, which need not be over.
func (s *Store) sealHour(hour int64) error {
	if err := s.sealPart(hour); err != nil {
		return err
	}
	return s.finishHour(hour)
}

// hoursOf returns the hours of rows, which are ordered by time. A key of a damaged page
// is no time.
func hoursOf(rows [][]byte) (hours []int64) {
	for _, key := range rows {
		if len(key) == 8 {
			hours = append(hours, hourOf(rowMillis(key)))
		}
	}
	return slices.Compact(hours)
}

// replaceUnit gives the values of a unit that are in segments already their new value, and
// returns how many had another one before.
func (s *Store) replaceUnit(tx *bbolt.Tx, k kept, u unit) (replaced int, err error) {
	at := u.runs[0].Points[0].Time
	finest, _ := k.finest(at)
	for _, r := range finest.levels() {
		for span := range r.spansIn(dayOf(at)) {
			n, err := s.replaceIn(tx, r, span, u)
			if err != nil {
				return 0, err
			}
			replaced += n
		}
	}
	return replaced, nil
}

// replaceIn replaces values of one segment and returns how many.
func (s *Store) replaceIn(tx *bbolt.Tx, r Resolution, span uint32, u unit) (replaced int, err error) {
	listed, err := s.openManifest(tx, r, u.group)
	if err != nil {
		return 0, err
	}
	entry, ok := listed.find(span)
	if !ok {
		return 0, nil
	}
	have, err := s.takeSegment(tx, r, u.group, entry)
	if err != nil {
		return 0, err
	}
	if replaced = overwrite(have, u.runs); replaced == 0 {
		return 0, nil
	}
	if entry, err = putSegment(tx, r, span, u.group, have); err != nil {
		return 0, err
	}
	return replaced, putManifest(tx, r, u.group, listed.with(entry))
}

// overwrite gives points that are there the values of those of the same series and time,
// and returns how many had another one.
func overwrite(have, with []run) (replaced int) {
	for _, w := range with {
		n, found := slices.BinarySearchFunc(have, w.ID, compareRun)
		if !found {
			continue
		}
		for _, p := range w.Points {
			at, there := slices.BinarySearchFunc(have[n].Points, p.Time, comparePoint)
			if there && have[n].Points[at].Value != p.Value {
				have[n].Points[at] = p
				replaced++
			}
		}
	}
	return replaced
}
