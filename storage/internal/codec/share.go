package codec

import (
	"cmp"
	"slices"
)

// columnCost is about what a time column of its own takes in the directory, in bytes.
const columnCost = 12

// share chooses the time columns of series, and which of them each series uses. Those
// with most points come first, so that the others find their times there.
func share(series []Series) (columns [][]int64, of []int) {
	order := make([]int, len(series))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(len(series[b].Points), len(series[a].Points))
	})
	of = make([]int, len(series))
	for _, i := range order {
		if points := series[i].Points; len(points) > 0 {
			of[i] = join(&columns, points)
		}
	}
	return columns, of
}

// join returns the column that points share, a new one if there is none.
func join(columns *[][]int64, points []Point) int {
	near, wider := -1, []int64(nil)
	for n, c := range *columns {
		missing := lacking(c, points)
		if missing == 0 && len(c) == len(points) {
			return n
		}
		if near < 0 && missing <= len(points)/8 {
			near, wider = n, union(c, points, missing)
		}
	}
	own := union(nil, points, len(points))
	if near >= 0 && len(encodePresence(wider, points)) < columnCost+len(encodeColumn(own)) {
		(*columns)[near] = wider
		return near
	}
	*columns = append(*columns, own)
	return len(*columns) - 1
}

// lacking counts the points whose time is not in column.
func lacking(column []int64, points []Point) int {
	n := 0
	for _, p := range points {
		for len(column) > 0 && column[0] < p.Time {
			column = column[1:]
		}
		if len(column) == 0 || column[0] != p.Time {
			n++
		}
	}
	return n
}

// union returns column with the times of points, of which so many are missing in it.
func union(column []int64, points []Point, missing int) []int64 {
	all := make([]int64, 0, len(column)+missing)
	for _, p := range points {
		for len(column) > 0 && column[0] < p.Time {
			all, column = append(all, column[0]), column[1:]
		}
		if len(column) > 0 && column[0] == p.Time {
			column = column[1:]
		}
		all = append(all, p.Time)
	}
	return append(all, column...)
}
