package collector

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// minPeriod is how often a schedule may fire at most.
const minPeriod = 5 * time.Second

// Schedule says when cycles are due, in UTC. Only [ParseSchedule] makes one.
type Schedule struct {
	spec string
	cron cron.Schedule
}

// ParseSchedule reads five cron fields ("*/5 * * * *"), a descriptor ("@hourly") or
// an interval ("@every 30s", which is told by the clock and not from the start of the
// process: a minute begins with a slot). It refuses what would never fire, what
// would fire more often than every 5 seconds, and time zones: a local clock skips
// an hour and repeats another one each year.
func ParseSchedule(spec string) (Schedule, error) {
	spec = strings.TrimSpace(spec)
	if strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ=") {
		return Schedule{}, fmt.Errorf("schedule %q: time zones are not supported, schedules are in UTC", spec)
	}
	parsed, err := parseCron(spec)
	if err != nil {
		return Schedule{}, fmt.Errorf("schedule %q: %w", spec, err)
	}
	if interval, ok := strings.CutPrefix(spec, "@every "); ok {
		parsed, err = parseInterval(interval)
		if err != nil {
			return Schedule{}, fmt.Errorf("schedule %q: %w", spec, err)
		}
	}
	schedule := Schedule{spec: spec, cron: parsed}
	if schedule.Next(time.Now()).IsZero() {
		return Schedule{}, fmt.Errorf("schedule %q never fires: no such date in the next five years", spec)
	}
	return schedule, nil
}

// parseCron guards against the parser, which panics on some malformed texts.
func parseCron(spec string) (parsed cron.Schedule, err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("not a cron expression")
		}
	}()
	return cron.ParseStandard(spec)
}

func parseInterval(text string) (interval, error) {
	d, err := time.ParseDuration(text)
	switch {
	case err != nil:
		return 0, fmt.Errorf("not an interval: %w", err)
	case d < minPeriod:
		return 0, fmt.Errorf("fires more often than every %s", minPeriod)
	case d%time.Second != 0:
		return 0, errors.New("an interval is a whole number of seconds")
	}
	return interval(d), nil
}

// interval is a schedule of equal steps.
type interval time.Duration

// Next returns the next multiple of the interval since midnight of 1 January, year 1.
func (i interval) Next(t time.Time) time.Time {
	return t.Truncate(time.Duration(i)).Add(time.Duration(i))
}

// Next returns the first slot after t, in UTC.
func (s Schedule) Next(t time.Time) time.Time { return s.cron.Next(t.UTC()) }

// String returns the schedule as it was given.
func (s Schedule) String() string { return s.spec }

// period is the distance between the first two slots after t.
func (s Schedule) period(t time.Time) time.Duration {
	first := s.Next(t)
	return s.Next(first).Sub(first)
}
