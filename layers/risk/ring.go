package risk

// cell is what is kept of one interval of a ring: its last price, which is all that
// a previous-tick grid ever looks at, and since when that price stands. Times are
// milliseconds after the interval's start; an interval is open at its start and
// closed at its end, so a sample's is never 0 and the zero cell is an empty one.
type cell struct {
	price float64
	last  int32 // time of the last sample
	since int32 // time of the first sample of the run of equal prices that ends the interval; negative when another price came before
}

// add takes in a sample whatever the order of arrival. A sample at a time that is
// already taken is dropped: what was accepted first stands.
func (c *cell) add(at int32, price float64) {
	switch {
	case c.last == 0:
		*c = cell{price: price, last: at, since: at}
	case at > c.last && price != c.price:
		*c = cell{price: price, last: at, since: -at}
	case at > c.last:
		c.last = at
	case at < c.last:
		c.addLate(at, price)
	}
}

// addLate takes in a sample older than the last one. A different price in the midst
// of a run breaks it; where the rest of the run begins is no longer known, so it is
// dated to its last sample, never too early.
func (c *cell) addLate(at int32, price float64) {
	since, moved := c.run()
	switch {
	case at == since:
		return // the time is taken
	case price == c.price && !moved:
		c.since = min(since, at)
	case price != c.price && at > since:
		c.since = -c.last
	case price != c.price:
		c.since = -since
	}
}

// run returns since when the last price stands, and whether another price came
// before it in the same interval.
func (c *cell) run() (since int32, moved bool) {
	if c.since < 0 {
		return -c.since, true
	}
	return c.since, false
}

// ring holds the newest intervals of one step of one source. Interval k is
// ((k-1)·step, k·step] in milliseconds since the Unix epoch; samples may arrive in
// any order, and those older than the ring reaches are dropped.
type ring struct {
	step   int64 // milliseconds
	newest int64 // the newest interval that holds a sample, 0 when none does
	cells  []cell
}

func newRing(step int64, capacity int) *ring {
	return &ring{step: step, cells: make([]cell, capacity)}
}

// interval returns the interval that a time belongs to.
func (r *ring) interval(ms int64) int64 { return (ms + r.step - 1) / r.step }

// add takes in a price at a time after the epoch.
func (r *ring) add(ms int64, price float64) {
	k := r.interval(ms)
	if k > r.newest {
		r.advance(k)
	}
	if c := r.cell(k); c != nil {
		c.add(int32(ms-(k-1)*r.step), price)
	}
}

// advance makes k the newest interval and empties those in between.
func (r *ring) advance(k int64) {
	first := max(r.newest+1, k-int64(len(r.cells))+1)
	for i := first; i <= k; i++ {
		r.cells[i%int64(len(r.cells))] = cell{}
	}
	r.newest = k
}

// cell returns interval k, or nil when the ring does not reach it.
func (r *ring) cell(k int64) *cell {
	if k <= 0 || k > r.newest || k <= r.newest-int64(len(r.cells)) {
		return nil
	}
	return &r.cells[k%int64(len(r.cells))]
}

// sampled says whether interval k holds a sample.
func (r *ring) sampled(k int64) bool {
	c := r.cell(k)
	return c != nil && c.last != 0
}

// price returns the price at time ms, a multiple of the step: that of the last
// sample at or before it, unless that is older than tolerance. 0 means missing.
func (r *ring) price(ms, tolerance int64) float64 {
	for k := ms / r.step; ms-k*r.step <= tolerance; k-- {
		c := r.cell(k)
		if c == nil || c.last == 0 {
			continue
		}
		if age := ms - (k-1)*r.step - int64(c.last); age <= tolerance {
			return c.price
		}
		return 0
	}
	return 0
}

// until returns a ring of the n intervals up to k.
func (r *ring) until(k int64, n int) *ring {
	then := newRing(r.step, n)
	for i := k - int64(n) + 1; i <= k; i++ {
		if c := r.cell(i); c != nil && c.last != 0 {
			then.cells[i%int64(n)], then.newest = *c, i
		}
	}
	return then
}

// newestSample returns the time of the newest sample in milliseconds, 0 when there is
// none.
func (r *ring) newestSample() int64 {
	c := r.cell(r.newest)
	if c == nil {
		return 0
	}
	return (r.newest-1)*r.step + int64(c.last)
}

// standingSince returns since when, in milliseconds, the price of the newest sample
// stands, looking no further back than to the interval after floor, and whether it was
// seen to move then or is only not known any longer. It is 0 when the ring holds no
// sample there.
func (r *ring) standingSince(floor int64) (standing int64, moved bool) {
	price := 0.0
	for k := r.newest; k > floor; k-- {
		c := r.cell(k)
		if c == nil || c.last == 0 {
			continue
		}
		if price != 0 && c.price != price {
			return standing, true
		}
		since, moved := c.run()
		price, standing = c.price, (k-1)*r.step+int64(since)
		if moved {
			return standing, true
		}
	}
	return standing, false
}
