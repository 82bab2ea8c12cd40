package collector

import "time"

// maxDrift is by how much the wall clock may stray from the monotonic one between two
// looks before it counts as a step: more than a leap second smeared or a slow
// correction.
const maxDrift = 2 * time.Second

// watch tells when the wall clock was set, or the machine slept: the monotonic clock
// knows neither.
type watch struct{ wall, monotonic time.Time }

// look compares what both clocks have moved since the last look, and returns by how much
// the wall clock stepped; 0 when it did not.
func (w *watch) look(wall, monotonic time.Time) time.Duration {
	wall = wall.Round(0) // without its monotonic reading
	step := wall.Sub(w.wall) - monotonic.Sub(w.monotonic)
	known := !w.wall.IsZero()
	w.wall, w.monotonic = wall, monotonic
	if !known || step.Abs() <= maxDrift {
		return 0
	}
	return step
}
