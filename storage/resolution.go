package storage

import "time"

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

func (r Resolution) interval() int64 {
	return [...]int64{1, int64(5 * time.Minute / time.Millisecond), hourMillis}[r]
}

// intervalOf numbers the interval that a time lies in. The first one holds 1970 too.
func (r Resolution) intervalOf(millis int64) int64 { return max(millis-1, 0) / r.interval() }

// intervalEnd is the last millisecond of the interval that a time lies in.
func (r Resolution) intervalEnd(millis int64) int64 { return (r.intervalOf(millis) + 1) * r.interval() }

// spanOf numbers the span that a time lies in, which one segment covers: a UTC day,
// or a UTC month of hours. Like an interval, a span ends with a midnight and does not
// begin with one, so that it is made of whole intervals.
func (r Resolution) spanOf(millis int64) uint32 {
	before := max(millis-1, 0)
	if r != Hours {
		return uint32(before / dayMillis)
	}
	year, month, _ := time.UnixMilli(before).UTC().Date()
	return uint32((year-1970)*12 + int(month) - 1)
}

// spanEnd is the last millisecond of a span.
func (r Resolution) spanEnd(span uint32) int64 {
	if r != Hours {
		return (int64(span) + 1) * dayMillis
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

// hourOf numbers the hour that a row is sealed with.
func hourOf(millis int64) int64 { return Hours.intervalOf(millis) }

// rollUp keeps the last point of every interval. It works in place.
func (r Resolution) rollUp(points []point) []point {
	if r == Raw || len(points) == 0 {
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
