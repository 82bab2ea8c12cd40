package codec

// encodePresence writes which of the times of a column a series has: for each time 0
// if that is as for the time before, else -1. It returns nothing if it has all.
func encodePresence(column []int64, points []Point) []byte {
	if len(points) == len(column) {
		return nil
	}
	changes := make([]int64, len(column))
	has, next := true, 0
	for i, t := range column {
		now := next < len(points) && points[next].Time == t
		if now {
			next++
		}
		if now != has {
			changes[i] = -1
		}
		has = now
	}
	var w bitWriter
	w.integers(changes)
	return w.finish()
}

// keepPresent moves the points that the series has to the front and returns them.
func keepPresent(points []Point, e seriesEntry, b body) ([]Point, bool) {
	if e.presence == 0 {
		return points, true
	}
	r := body{b.bytes, e.presence}.reader()
	changes := r.integers()
	kept, has := points[:0], true
	for i, change := range changes.all(len(points)) {
		if has = has == (change == 0); has {
			kept = append(kept, points[i])
		}
	}
	ok := r.done() && len(kept) == e.count && kept[0].Time == e.first && kept[len(kept)-1].Time == e.last
	return kept, ok
}
