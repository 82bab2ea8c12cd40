package storage

// extent sums up samples of a series. The zero value is that of none.
type extent struct {
	first, last int64 // unix milliseconds
	count       uint64
}

// with returns the extent that takes in one more sample.
func (e extent) with(millis int64) extent {
	if e.count == 0 {
		return extent{first: millis, last: millis, count: 1}
	}
	return extent{first: min(e.first, millis), last: max(e.last, millis), count: e.count + 1}
}

// plus returns the extent that takes in another.
func (e extent) plus(o extent) extent {
	if e.count == 0 {
		return o
	}
	if o.count == 0 {
		return e
	}
	return extent{first: min(e.first, o.first), last: max(e.last, o.last), count: e.count + o.count}
}

// extentOf sums up points, ordered by time.
func extentOf(points []point) extent {
	if len(points) == 0 {
		return extent{}
	}
	return extent{first: points[0].Time, last: points[len(points)-1].Time, count: uint64(len(points))}
}
