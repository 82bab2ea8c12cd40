package demo

import (
	"fmt"
	"time"
)

// MaxSpeed is how many times faster than the wall clock a demo can run.
const MaxSpeed = 60

// Clock maps the wall clock to the time a demo shows, and that to the time of its
// recording.
//
// Shown and recorded time differ by a whole number of hours, so that a recorded
// minute or hour is shown as a minute or hour, on which the grids of the method
// stand. Therefore a demo starts somewhere in the hour that begins at the recorded
// start.
//
// Shown time is never ahead of the wall clock. At speed 1 it is the wall clock, and
// the recorded start is shown as the moment of starting. At speed N it starts as
// long ago as it takes to catch up with the wall clock, N times as fast, when the
// recording ends or less than an hour of shown time after; from then on it is the
// wall clock.
type Clock struct {
	wall   time.Time     // when the clock was started
	shown  time.Time     // what it showed then
	speed  float64       // shown seconds for a second of the wall
	offset time.Duration // shown minus recorded time, whole hours
}

// NewClock starts a clock in the recorded hour of start, which goes towards the
// recorded end at a speed of 1 to [MaxSpeed].
func NewClock(start, end time.Time, speed float64) (*Clock, error) {
	if !(speed >= 1 && speed <= MaxSpeed) { // written so that NaN fails as well
		return nil, fmt.Errorf("start clock: speed %v is not between 1 and %d", speed, MaxSpeed)
	}
	// Without the monotonic reading: a wall clock that is set takes the demo along,
	// as it would the daemon itself.
	wall := time.Now().UTC().Round(0)
	length := end.Sub(start)
	shown := wall.Add(time.Duration(float64(length)/speed) - length)
	offset := shown.Truncate(time.Hour).Sub(start.Truncate(time.Hour))
	return &Clock{wall: wall, shown: shown, speed: speed, offset: offset}, nil
}

// Now returns the time that is shown as now, in UTC.
func (c *Clock) Now() time.Time {
	wall := time.Now().UTC().Round(0)
	shown := c.shown.Add(time.Duration(float64(wall.Sub(c.wall)) * c.speed))
	if shown.After(wall) {
		return wall
	}
	return shown
}

// Recorded returns the instant of the recording that is shown as t.
func (c *Clock) Recorded(t time.Time) time.Time { return t.Add(-c.offset) }

// Shown returns the time that an instant of the recording is shown as.
func (c *Clock) Shown(t time.Time) time.Time { return t.Add(c.offset) }
