package storage

import (
	"cmp"
	"slices"
	"time"

	"strata/layers"
)

const (
	hourMillis = int64(time.Hour / time.Millisecond)
	dayMillis  = 24 * hourMillis
)

// maxMillis is the end of the year 9999, the last that RFC 3339 can write.
const maxMillis = 253_402_300_800_000

// point is one price of one series.
type point struct {
	millis int64 // unix time
	price  layers.Decimal
}

func comparePoint(p point, millis int64) int { return cmp.Compare(p.millis, millis) }

// within returns the points of [from, to). Points are ordered by time.
func within(points []point, from, to int64) []point {
	first, _ := slices.BinarySearchFunc(points, from, comparePoint)
	last, _ := slices.BinarySearchFunc(points, to, comparePoint)
	return points[first:max(first, last)]
}

// merge adds points to those that are there, which win where both have the same
// time. All are ordered by time. It returns everything, and what was really added.
func merge(have, more []point) (all, added []point) {
	all = make([]point, 0, len(have)+len(more))
	for _, p := range more {
		n, found := slices.BinarySearchFunc(have, p.millis, comparePoint)
		if found {
			continue
		}
		all, have = append(all, have[:n]...), have[n:]
		all, added = append(all, p), append(added, p)
	}
	return append(all, have...), added
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
