package codec

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
)

// maxTime is the largest time either side of 1970, in milliseconds.
const maxTime = 1 << 60

// grid is what times are expected to follow: a step, and how far the typical time
// lies off the grid that begins at the first.
type grid struct {
	step   uint64
	centre int64
}

// place says in which cell of the grid a time lies, given how long after the first
// it is, and how far off the middle.
func (g grid) place(offset uint64) (cell uint64, off int64) {
	cell = (offset + g.step/2) / g.step
	return cell, int64(offset-cell*g.step) - g.centre
}

// fitGrid finds the grid that times follow best: their median step or their mean
// step, as they are or as whole seconds.
func fitGrid(times []int64) grid {
	if len(times) < 2 {
		return grid{step: 1}
	}
	median := medianStep(times)
	cells := uint64(0)
	for i, t := range times[1:] {
		cells += (uint64(t-times[i]) + median/2) / median
	}
	mean := uint64(times[len(times)-1]-times[0]) / max(cells, 1)
	best, least := grid{}, math.MaxInt
	for _, step := range []uint64{(median + 500) / 1000 * 1000, (mean + 500) / 1000 * 1000, median, mean} {
		if step == 0 {
			continue
		}
		if g, sum := centred(times, step); sum < least {
			best, least = g, sum
		}
	}
	return best
}

func medianStep(times []int64) uint64 {
	steps := make([]uint64, len(times)-1)
	for i := range steps {
		steps[i] = uint64(times[i+1] - times[i])
	}
	slices.Sort(steps)
	return steps[len(steps)/2]
}

// centred returns the grid of a step, and how many bits the places on it take.
func centred(times []int64, step uint64) (grid, int) {
	g := grid{step: step}
	sum := 0.0
	for _, t := range times {
		_, off := g.place(uint64(t - times[0]))
		sum += float64(off)
	}
	g.centre = int64(sum / float64(len(times)))
	size, last := 0, uint64(0)
	for _, t := range times[1:] {
		cell, off := g.place(uint64(t - times[0]))
		size += bits.Len64(zigzag(off)) + bits.Len64(zigzag(int64(cell-last)-1))
		last = cell
	}
	return g, size
}

// encodeColumn writes times, which must increase; the first is in the directory.
func encodeColumn(times []int64) []byte {
	g := fitGrid(times)
	w := bitWriter{bytes: binary.AppendVarint(binary.AppendUvarint(nil, g.step), g.centre)}
	cells, offs := make([]int64, len(times)-1), make([]int64, len(times)-1)
	last := uint64(0)
	for i, t := range times[1:] {
		var cell uint64
		cell, offs[i] = g.place(uint64(t - times[0]))
		cells[i] = int64(cell-last) - 1
		last = cell
	}
	w.rare(cells)
	w.rare(offs)
	return w.finish()
}

// decodeColumn fills in the times of points.
func decodeColumn(points []Point, e columnEntry, b body) bool {
	c := cursor{bytes: b.bytes[:b.length]}
	g := grid{step: c.uvarint(), centre: c.varint()}
	if c.bad || g.step == 0 {
		return false
	}
	r := b.skip(b.length - len(c.bytes)).reader()
	points[0].Time = e.first
	rest := points[1:]
	at, cells := e.first+g.centre, r.rare()
	for i, cell := range cells.all(len(rest)) {
		at += (cell + 1) * int64(g.step)
		rest[i].Time = at
	}
	last, offs := e.first, r.rare()
	for i, off := range offs.all(len(rest)) {
		t := rest[i].Time + off
		if t <= last {
			return false
		}
		rest[i].Time, last = t, t
	}
	return r.done() && last == e.last
}
