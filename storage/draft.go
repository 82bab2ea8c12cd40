package storage

import (
	"maps"
	"slices"
)

// draft is the index as a transaction is about to leave it. It is thrown away when
// the transaction fails.
type draft struct {
	*index
	changed map[seriesID]*series
	created map[name]*series
	next    seriesID
}

func (x *index) draft() *draft {
	return &draft{index: x, changed: map[seriesID]*series{}, created: map[name]*series{}, next: x.next}
}

// series returns the series of that name, made now if need be, for changing.
func (d *draft) series(of name) *series {
	if sr, ok := d.byName[of]; ok {
		return d.change(sr.id)
	}
	if sr, ok := d.created[of]; ok {
		return sr
	}
	sr := &series{id: d.next, name: of}
	d.next++
	d.created[of], d.changed[sr.id] = sr, sr
	return sr
}

// find returns the series of that name, made now if need be, for looking at only:
// unlike series, it does not copy one that is there.
func (d *draft) find(of name) *series {
	if sr, ok := d.byName[of]; ok {
		return sr
	}
	return d.series(of)
}

// after finds a series as find does, given the one that was found before it, if any.
// Cycle after cycle brings the same series in the same order, so the one that came next
// last time is tried first: at thousands of series, hashing names is what takes longest.
func (d *draft) after(last *series, of name) *series {
	if last == nil {
		return d.find(of)
	}
	if sr := d.of(last.next); sr != nil && sr.name == of {
		return sr
	}
	sr := d.find(of)
	last.next = sr.id
	return sr
}

// change returns a copy of a series for changing, or nil when there is none.
func (d *draft) change(id seriesID) *series {
	if sr, ok := d.changed[id]; ok {
		return sr
	}
	sr := d.of(id)
	if sr == nil {
		return nil
	}
	copied := *sr
	d.changed[id] = &copied
	return &copied
}

// added counts samples that segments have more.
func (d *draft) added(runs []run) {
	for _, r := range runs {
		if sr := d.change(seriesID(r.ID)); sr != nil { // nil when its record is damaged
			more := extentOf(r.Points)
			sr.sealed, sr.all = sr.sealed.plus(more), sr.all.plus(more)
		}
	}
}

// uncount takes samples off that are on their way out of rows or pieces.
func (d *draft) uncount(runs []run) {
	for _, r := range runs {
		if sr := d.change(seriesID(r.ID)); sr != nil {
			sr.all.count -= min(sr.all.count, uint64(len(r.Points)))
		}
	}
}

// recount counts samples that came into pieces.
func (d *draft) recount(runs []run) {
	for _, r := range runs {
		if sr := d.change(seriesID(r.ID)); sr != nil {
			sr.all = sr.all.plus(extentOf(r.Points))
		}
	}
}

// commit makes the draft the truth. It goes by id, so that new series lie in memory in
// the order in which every cycle comes by.
func (d *draft) commit() {
	for _, id := range slices.Sorted(maps.Keys(d.changed)) {
		d.put(*d.changed[id])
	}
}
