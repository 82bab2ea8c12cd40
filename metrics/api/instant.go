package api

import (
	"math"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
)

// maxUnixSeconds is the end of the year 9999, the last that RFC 3339 can write.
const maxUnixSeconds = 253402300799

// instant reads a time of a question, RFC 3339 or Unix seconds, or returns the
// default when none was given. The error is a problem that names the parameter.
func instant(parameter, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise.UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(seconds) || seconds < 0 || seconds > maxUnixSeconds {
		return time.Time{}, invalid("query."+parameter, text,
			"not a time, want RFC 3339 (2026-11-22T10:00:00Z) or Unix seconds (1795341600)")
	}
	return time.UnixMilli(int64(math.Round(seconds * 1e3))).UTC(), nil
}

// bygone reads a time of a question that must not lie ahead of now.
func (s *server) bygone(parameter, text string, otherwise time.Time) (time.Time, error) {
	t, err := instant(parameter, text, otherwise)
	if now := s.view.Now().UTC(); err == nil && t.After(now) {
		return t, invalid("query."+parameter, text, "lies in the future, it is %s now", now.Format(time.RFC3339))
	}
	return t, err
}

// duration reads a length of time of a question, such as 5m, 1d or 300 (seconds); 0
// when none was given.
func duration(parameter, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	unit := ""
	if _, err := strconv.ParseUint(text, 10, 31); err == nil {
		unit = "s"
	}
	d, err := model.ParseDuration(text + unit)
	if err != nil || time.Duration(d) < time.Second {
		return 0, invalid("query."+parameter, text, "not a length of time of at least a second, want 5m, 1h, 1d or seconds (300)")
	}
	return time.Duration(d), nil
}
