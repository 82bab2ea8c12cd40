package market

import "time"

// limit is how many calls, or how much weight, are allowed in a time.
type limit struct {
	most int
	per  time.Duration
}

// window is what was asked lately of one kind of call.
type window struct {
	limit
	taken []taken
}

type taken struct {
	at   time.Time
	cost int
}

// tolerance is how much of the time is not counted: two calls that were sent as far apart as they
// should be may arrive a little closer.
const tolerance = 20

// admit says whether a call may pass, and if not, after how long one may.
func (w *window) admit(now time.Time, cost int) (wait time.Duration, ok bool) {
	if w.most == 0 {
		return 0, true
	}
	span, used := w.per-w.per/tolerance, cost
	for len(w.taken) > 0 && now.Sub(w.taken[0].at) >= span {
		w.taken = w.taken[1:]
	}
	for _, t := range w.taken {
		used += t.cost
	}
	if used > w.most && len(w.taken) > 0 {
		return w.taken[0].at.Add(w.per).Sub(now), false
	}
	w.taken = append(w.taken, taken{now, cost})
	return 0, true
}
