package risk

// rolling is the newest n steps of a path, of which it keeps the sums that volatility
// is made of. Step k lies at slot k modulo n. The sums are exact, so that what leaves
// the window leaves nothing behind: a crash that has passed is forgotten, and what
// stands still has a volatility of 0.
type rolling struct {
	path
	newest  int64 // the newest step
	count   int   // valid steps
	squares exact // of the returns
	falls   exact // of the falling ones
}

func newRolling(n int) rolling {
	return rolling{path: path{returns: make([]float64, n), valid: make([]bool, n)}}
}

func (r *rolling) length() int { return len(r.returns) }

// slot is where step k lies, also when that was before 1970.
func (r *rolling) slot(k int64) int {
	n := int64(r.length())
	return int((k%n + n) % n)
}

// set makes k the newest step. The oldest gives way.
func (r *rolling) set(k int64, value float64, valid bool) {
	slot := r.slot(k)
	if r.valid[slot] {
		r.count--
		r.weigh((*exact).subtract, r.returns[slot])
	}
	if valid {
		r.count++
		r.weigh((*exact).add, value)
	}
	r.newest, r.returns[slot], r.valid[slot] = k, value, valid
}

func (r *rolling) weigh(move func(*exact, float64), value float64) {
	move(&r.squares, value*value)
	if value < 0 {
		move(&r.falls, value*value)
	}
}

// extent counts from the oldest step, which follows the newest one around.
func (r *rolling) extent() extent {
	e := extent{valid: r.count}
	if r.count == 0 {
		return e
	}
	for !r.valid[r.slot(r.newest+1+int64(e.first))] {
		e.first++
	}
	return e
}
