package storage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// unit is what an import brings for one group and UTC day: what is written at once.
type unit struct {
	group uint32
	runs  []run
}

// item is one value on its way into a unit.
type item struct {
	id    seriesID
	point point
}

// Import stores history: samples of any tokens, sources and times, in any order. A
// (token, source, time) that is there already keeps its value, whether it came live
// or by import, so that an import can be repeated. It returns how many prices were
// new; of a time that is no longer kept at full resolution, how many closes. Work is
// done in transactions of bounded size, oldest day first; after an error those that
// were done stay, and added counts their samples. A sample that cannot be kept
// refuses the whole import before anything is written.
func (s *Store) Import(samples []layers.Sample) (added int, err error) {
	done, err := s.ImportWith(samples, ImportOptions{})
	return done.Prices, err
}

// ImportOptions say how to import. The zero value is what [Store.Import] does.
type ImportOptions struct {
	// Replace has a value that is given take the place of one of the same (token, source,
	// field, time), even if that came live; of equal times the last one given counts. A
	// volume or market cap that is not given replaces none. Of a time that is no longer
	// kept at full resolution only a close can be replaced.
	Replace bool
}

// Imported counts what an import changed.
type Imported struct {
	Added    int // values of any field that were not there
	Prices   int // those of them that are prices
	Replaced int // values of any field that took the place of another
}

// Plus returns what both imports changed.
func (i Imported) Plus(more Imported) Imported {
	return Imported{i.Added + more.Added, i.Prices + more.Prices, i.Replaced + more.Replaced}
}

// ImportWith stores history as [Store.Import] does, or as the options say. A sample
// without a price is taken for its volume or market cap alone.
func (s *Store) ImportWith(samples []layers.Sample, opts ImportOptions) (all Imported, err error) {
	items, err := s.enlist(samples)
	if err != nil {
		return Imported{}, fmt.Errorf("import samples: %w", err)
	}
	if opts.Replace {
		slices.Reverse(items) // of equal times gather takes the first
	}
	for units := gather(items); len(units) > 0; {
		some, done, err := s.importSome(units, opts.Replace)
		if err != nil {
			return all, fmt.Errorf("import samples: %w", err)
		}
		all, units = all.Plus(some), units[done:]
	}
	return all, nil
}

// enlist makes the series that are new, and returns the values of samples by series. A
// sample that cannot be kept refuses them all.
func (s *Store) enlist(samples []layers.Sample) ([]item, error) {
	for _, sample := range samples {
		if err := checkPast(sample); err != nil {
			return nil, err
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	d := s.index.draft()
	items := make([]item, 0, len(samples))
	for _, sample := range samples {
		for of, value := range fieldsOf(sample) {
			items = append(items, item{d.find(of).id, point{Time: sample.Time.UnixMilli(), Value: value}})
		}
	}
	if s.opts.ReadOnly {
		return nil, ErrReadOnly
	}
	if len(d.created) == 0 {
		return items, nil
	}
	err := s.update(func(tx *bbolt.Tx) error { return putCreated(tx, d) })
	if err == nil {
		s.accept(d)
	}
	return items, err
}

// gather sorts values into units, by day, group, series and time. Of equal times the
// first one given stays.
func gather(items []item) (units []unit) {
	dayOf := func(i item) uint32 { return Raw.spanOf(i.point.Time) }
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(dayOf(a), dayOf(b)), cmp.Compare(a.id, b.id), cmp.Compare(a.point.Time, b.point.Time))
	})
	for n, i := range items {
		newUnit := n == 0 || dayOf(items[n-1]) != dayOf(i) || groupOf(items[n-1].id) != groupOf(i.id)
		if newUnit {
			units = append(units, unit{group: groupOf(i.id)})
		}
		u := &units[len(units)-1]
		if newUnit || items[n-1].id != i.id {
			u.runs = append(u.runs, run{ID: uint32(i.id)})
		}
		r := &u.runs[len(u.runs)-1]
		if last := len(r.Points) - 1; last < 0 || r.Points[last].Time != i.point.Time {
			r.Points = append(r.Points, i.point)
		}
	}
	return units
}

// importSome writes the first units, as many as a transaction has time for, and
// returns how many those were.
func (s *Store) importSome(units []unit, replace bool) (all Imported, done int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if replace {
		if err := s.sealDays(units); err != nil {
			return Imported{}, 0, err
		}
	}
	var d *draft
	err = s.update(func(tx *bbolt.Tx) error {
		d, all, done = s.index.draft(), Imported{}, 0
		keep := s.readKept(tx)
		for began := time.Now(); done < len(units) && (done == 0 || time.Since(began) < transactionBudget); done++ {
			one, err := s.importUnit(tx, d, keep, units[done], replace)
			if err != nil {
				return err
			}
			all = all.Plus(one)
		}
		return putSeries(tx, d.changed)
	})
	if err != nil {
		return Imported{}, 0, err
	}
	s.accept(d)
	return all, done, nil
}

// importUnit adds one unit to its segments, leaving out what rows hold.
func (s *Store) importUnit(tx *bbolt.Tx, d *draft, keep kept, u unit, replace bool) (done Imported, err error) {
	if replace {
		if done.Replaced, err = s.replaceUnit(tx, keep, u); err != nil {
			return Imported{}, err
		}
	}
	runs, err := s.withoutRows(tx, u.runs)
	if err != nil {
		return Imported{}, err
	}
	fresh, err := s.addDay(tx, d, keep, u.group, runs)
	if err != nil {
		return Imported{}, err
	}
	for _, r := range fresh {
		done.Added += len(r.Points)
		if sr := d.byID[seriesID(r.ID)]; sr != nil && sr.field == FieldPrice {
			done.Prices += len(r.Points)
		}
	}
	return done, nil
}

// withoutRows leaves out the points that stand in rows.
func (s *Store) withoutRows(tx *bbolt.Tx, runs []run) ([]run, error) {
	first, last := runs[0].Points[0].Time, int64(0)
	for _, r := range runs {
		first, last = min(first, r.Points[0].Time), max(last, r.Points[len(r.Points)-1].Time)
	}
	for _, key := range rowKeys(tx, first, last+1) {
		row, err := s.openRow(tx, key)
		if err != nil {
			return nil, err
		}
		if len(row) == 0 { // set aside, and perhaps its key is no time
			continue
		}
		for i := range runs {
			at, found := slices.BinarySearchFunc(runs[i].Points, rowMillis(key), comparePoint)
			if _, there := find(row, seriesID(runs[i].ID)); found && there {
				runs[i].Points = slices.Concat(runs[i].Points[:at], runs[i].Points[at+1:])
			}
		}
	}
	return slices.DeleteFunc(runs, func(r run) bool { return len(r.Points) == 0 }), nil
}
