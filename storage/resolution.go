package storage

import (
	"iter"
	"time"
)

const (
	hourMillis = int64(time.Hour / time.Millisecond)
	dayMillis  = 24 * hourMillis
)

// maxMillis is the end of the year 9999, the last that RFC 3339 can write.
const maxMillis = 253_402_300_800_000

// Resolution says how fine samples are. Of each interval (g-Δ, g] of a coarse one
// the last sample is there, with its own time.
type Resolution uint8

// The resolutions that are kept.
const (
	Raw         Resolution = iota // every sample
	FiveMinutes                   // the last of every 5 minutes
	Hours                         // the last of every hour
	resolutions                   // how many there are
)

// String writes the resolution as durations are written: "raw", "5m", "1h".
func (r Resolution) String() string { return [...]string{"raw", "5m", "1h"}[r] }

// pieces is where rows are sealed to: every sample, as at [Raw], but a segment an hour.
// Once a day is over its pieces become one segment.
const pieces = ofCandles + 1

// levels are those that may hold what is read at a resolution: coarse samples are made
// when finer ones expire, and until then from them while they are read.
func (r Resolution) levels() []Resolution {
	return []Resolution{Raw, pieces, FiveMinutes, Hours}[:r+2]
}

func (r Resolution) interval() int64 {
	switch r {
	case FiveMinutes:
		return int64(5 * time.Minute / time.Millisecond)
	case Hours:
		return hourMillis
	}
	return 1
}

// intervalOf numbers the interval that a time lies in. The first one holds 1970 too.
func (r Resolution) intervalOf(millis int64) int64 { return max(millis-1, 0) / r.interval() }

// intervalEnd is the last millisecond of the interval that a time lies in.
func (r Resolution) intervalEnd(millis int64) int64 { return (r.intervalOf(millis) + 1) * r.interval() }

// spanOf numbers the span that a time lies in, which one segment covers: a UTC day, the
// hour of a piece, or a UTC month of hours. Like an interval, a span ends with a midnight
// and does not begin with one, so that it is made of whole intervals.
func (r Resolution) spanOf(millis int64) uint32 {
	before := max(millis-1, 0)
	switch r {
	case Raw, FiveMinutes:
		return uint32(before / dayMillis)
	case pieces:
		return uint32(before / hourMillis)
	}
	year, month, _ := time.UnixMilli(before).UTC().Date()
	return uint32((year-1970)*12 + int(month) - 1)
}

// spanEnd is the last millisecond of a span.
func (r Resolution) spanEnd(span uint32) int64 {
	switch r {
	case Raw, FiveMinutes:
		return (int64(span) + 1) * dayMillis
	case pieces:
		return (int64(span) + 1) * hourMillis
	}
	return time.Date(1970, time.Month(span)+2, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
}

// spanStart is the first millisecond of a span.
func (r Resolution) spanStart(span uint32) int64 {
	if span == 0 {
		return 0
	}
	return r.spanEnd(span-1) + 1
}

// spansIn yields the spans that times of a UTC day lie in.
func (r Resolution) spansIn(day uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for span := r.spanOf(Raw.spanStart(day)); span <= r.spanOf(Raw.spanEnd(day)) && yield(span); span++ {
		}
	}
}

// hourOf numbers the hour that a row is sealed with.
func hourOf(millis int64) int64 { return Hours.intervalOf(millis) }

// dayOf numbers the UTC day that a time lies in.
func dayOf(millis int64) uint32 { return Raw.spanOf(millis) }

// rollUp keeps the last point of every interval. It works in place.
func (r Resolution) rollUp(points []point) []point {
	if r.interval() == 1 || len(points) == 0 {
		return points
	}
	kept := points[:1]
	for _, p := range points[1:] {
		if last := len(kept) - 1; r.intervalOf(kept[last].Time) == r.intervalOf(p.Time) {
			kept[last] = p
			continue
		}
		kept = append(kept, p)
	}
	return kept
}
