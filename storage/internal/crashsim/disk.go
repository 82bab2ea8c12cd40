package crashsim

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
)

const sector = 512

// Disk is what a disk holds for sure and what it was told since. Its zero value is an
// empty one.
type Disk struct {
	Lie bool // says that it has synced, and has not

	files map[int]*file
	names map[string]int
	open  []Event // changes of names that may or may not be on the disk
}

// file is the content that is safe, and the writes after it.
type file struct {
	content []byte
	open    []Event
}

// Keep puts a file onto the disk that was there, and safe, before the recording.
func (d *Disk) Keep(number int, name string, content []byte) {
	d.prepare()
	d.files[number] = &file{content: bytes.Clone(content)}
	d.names[name] = number
}

func (d *Disk) prepare() {
	if d.files == nil {
		d.files, d.names = map[int]*file{}, map[string]int{}
	}
}

// Do takes in the next event of a recording.
func (d *Disk) Do(e Event) {
	d.prepare()
	switch e.Kind {
	case Create:
		d.files[e.File] = &file{}
		d.open = append(d.open, e)
	case Link, Remove:
		d.open = append(d.open, e)
	case Write, Truncate:
		d.files[e.File].open = append(d.files[e.File].open, e)
	case Sync:
		if f := d.files[e.File]; !d.Lie {
			f.content = apply(f.content, f.open)
			f.open = nil
		}
	case SyncNames:
		d.syncNames(e.Name)
	}
}

func (d *Disk) syncNames(dir string) {
	if d.Lie {
		return
	}
	d.open = slices.DeleteFunc(d.open, func(e Event) bool {
		in := filepath.Dir(e.Name) == dir
		if in {
			rename(d.names, e)
		}
		return in
	})
}

// Unsynced is how many writes and changes of names are not safe yet.
func (d *Disk) Unsynced() int {
	n := len(d.open)
	for _, f := range d.files {
		n += len(f.open)
	}
	return n
}

// Crash returns what the disk may hold if power goes now: content by path. It draws from
// r, and leaves the disk as it is.
func (d *Disk) Crash(r *rand.Rand) map[string][]byte {
	names := maps.Clone(d.names)
	for _, e := range survivors(r, d.open) {
		rename(names, e)
	}
	found := map[string][]byte{}
	for _, name := range slices.Sorted(maps.Keys(names)) { // in order, so that r decides alone
		f := d.files[names[name]]
		found[name] = apply(bytes.Clone(f.content), survivors(r, f.open))
	}
	return found
}

func rename(names map[string]int, e Event) {
	if e.Kind == Remove {
		delete(names, e.Name)
		return
	}
	names[e.Name] = e.File
}

// survivors draws what became of events that were not synced, in one of five manners.
func survivors(r *rand.Rand, open []Event) (kept []Event) {
	switch manner := r.IntN(16); {
	case manner == 0: // all of them
		return open
	case manner == 1: // none
		return nil
	case manner < 5: // those before some instant
		return open[:r.IntN(len(open)+1)]
	case manner < 10: // single sectors
		for _, e := range open {
			kept = append(kept, torn(r, e)...)
		}
	default: // any of them: the disk wrote in an order of its own
		for _, e := range open {
			if r.IntN(2) == 0 {
				kept = append(kept, e)
			}
		}
	}
	return kept
}

// torn draws the sectors that a write left on the disk. Other events happen or not.
func torn(r *rand.Rand, e Event) (kept []Event) {
	if e.Kind != Write {
		if r.IntN(2) == 0 {
			kept = append(kept, e)
		}
		return kept
	}
	for at := 0; at < len(e.Data); {
		end := min(at+sector-int((e.Offset+int64(at))%sector), len(e.Data))
		if r.IntN(2) == 0 {
			kept = append(kept, Event{Kind: Write, File: e.File, Offset: e.Offset + int64(at), Data: e.Data[at:end]})
		}
		at = end
	}
	return kept
}

// apply writes and truncates content, in place where it can.
func apply(content []byte, events []Event) []byte {
	for _, e := range events {
		size := int(e.Offset) + len(e.Data)
		if e.Kind == Truncate && size < len(content) {
			content = content[:size]
		}
		if size > len(content) {
			content = append(content, make([]byte, size-len(content))...)
		}
		copy(content[e.Offset:], e.Data)
	}
	return content
}
