package storage

import (
	"cmp"
	"slices"
	"time"

	"strata/storage/internal/codec"
)

// point is one value of one series, and run those of one series in order of time.
type (
	point = codec.Point
	run   = codec.Series
)

func comparePoint(p point, millis int64) int { return cmp.Compare(p.Time, millis) }

func compareRun(r run, id uint32) int { return cmp.Compare(r.ID, id) }

// within returns the points of [from, to). Points are ordered by time.
func within(points []point, from, to int64) []point {
	first, _ := slices.BinarySearchFunc(points, from, comparePoint)
	last, _ := slices.BinarySearchFunc(points, to, comparePoint)
	return points[first:max(first, last)]
}

// merge adds points to those that are there, which win where both have the same
// time. All are ordered by time. It returns everything, and what was really added.
func merge(have, more []point) (all, added []point) {
	if len(have) == 0 || len(more) > 0 && more[0].Time > have[len(have)-1].Time { // as when rows are sealed
		return slices.Concat(have, more), more
	}
	all = make([]point, 0, len(have)+len(more))
	for _, p := range more {
		n, found := slices.BinarySearchFunc(have, p.Time, comparePoint)
		if found {
			continue
		}
		all, have = append(all, have[:n]...), have[n:]
		all, added = append(all, p), append(added, p)
	}
	return append(all, have...), added
}

// joined puts the points from at on in order with those before, which are ordered too and
// win where both have the same time. It mostly has nothing to do.
func joined(points []point, at int) []point {
	if at == 0 || at == len(points) || points[at-1].Time < points[at].Time {
		return points
	}
	all, _ := merge(slices.Clone(points[:at]), points[at:])
	return all
}

// countOf counts the points of runs.
func countOf(runs []run) (n int) {
	for _, r := range runs {
		n += len(r.Points)
	}
	return n
}

// without returns the points whose times are not among those of others.
func without(points, others []point) (left []point) {
	for _, p := range points {
		if _, found := slices.BinarySearchFunc(others, p.Time, comparePoint); !found {
			left = append(left, p)
		}
	}
	return left
}

// ceilMillis returns the first millisecond that is not before t: what a bound of a
// span means to times that are kept in milliseconds.
func ceilMillis(t time.Time) int64 {
	millis := t.UnixMilli()
	if t.After(time.UnixMilli(millis)) {
		millis++
	}
	return millis
}
