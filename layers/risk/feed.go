package risk

import (
	"time"

	"strata/layers"
)

// The rings that every grid can be read from: the 30 m grid is the last of six
// intervals of the fine one.
const (
	fineStep   = 5 * time.Minute
	coarseStep = time.Hour
)

// Capacities of the rings: the longest window, the tolerance of the widest grid read
// from it, the step by which the window's end may trail the present, and the interval
// that ends where the tolerance does.
const (
	fineCapacity   = int((24*time.Hour+60*time.Minute+30*time.Minute)/fineStep) + 1
	coarseCapacity = int((30*24*time.Hour+time.Hour+time.Hour)/coarseStep) + 1
)

// horizon is how far back history must be read to fill the rings.
const horizon = time.Duration(coarseCapacity) * coarseStep

// feed is what one source says about one token.
type feed struct {
	source string
	price  layers.Decimal // of the newest sample
	time   int64          // of the newest sample, in milliseconds
	fine   *ring
	coarse *ring
}

func newFeed(source string) *feed {
	return &feed{
		source: source,
		fine:   newRing(fineStep.Milliseconds(), fineCapacity),
		coarse: newRing(coarseStep.Milliseconds(), coarseCapacity),
	}
}

func (f *feed) add(s layers.Sample) {
	ms := s.Time.UnixMilli()
	if ms <= 0 || !s.Price.IsPositive() {
		return // neither has a place on the grid or a logarithm; the gates of the collector never let one through
	}
	price := s.Price.Float64()
	f.fine.add(ms, price)
	f.coarse.add(ms, price)
	if ms > f.time {
		f.time, f.price = ms, s.Price
	}
}

// ring returns the ring that a grid of the given step is read from.
func (f *feed) ring(step time.Duration) *ring {
	if step >= coarseStep {
		return f.coarse
	}
	return f.fine
}

// known says whether the feed has a sample that is not too old to be remembered at
// an instant. It depends on nothing but that sample, so a process that has run for
// months knows the same as one that has just read the store.
func (f *feed) known(at time.Time) bool { return f.coarse.interval(f.time) > f.floor(at, horizon) }

// floor is the newest coarse interval that lies wholly before a stretch of time that
// ends at an instant.
func (f *feed) floor(at time.Time, stretch time.Duration) int64 {
	return f.coarse.interval(at.UnixMilli()) - int64(stretch/coarseStep)
}

// changed returns when the price was last seen to move in a stretch of time that ends
// at an instant; when it was not, the time of the oldest sample there, and false. The
// time is zero when there is no sample there.
func (f *feed) changed(at time.Time, stretch time.Duration) (since time.Time, moved bool) {
	ms, moved := f.coarse.standingSince(f.floor(at, stretch))
	if ms == 0 {
		return time.Time{}, false
	}
	return time.UnixMilli(ms).UTC(), moved
}

// newest returns the time of the newest sample.
func (f *feed) newest() time.Time { return time.UnixMilli(f.time).UTC() }
