package web

import (
	"fmt"
	"html/template"
	"math"
	"time"

	"strata/layers"
	"strata/metrics/api"
)

// functions are what the template can say of a value.
func functions() template.FuncMap {
	return template.FuncMap{
		"percent": percent,
		"higher":  higher,
		"instant": instant,
		"state":   state,
		"since":   since,
	}
}

// percent writes a ratio with one decimal: 0.8123 is 81.2 %.
func percent(ratio float64) string { return fmt.Sprintf("%.1f %%", ratio*100) }

// higher writes a percentile as the share of days that were lower, rounded down, so
// that only all days are 100 %.
func higher(percentile float64) string {
	const rounding = 1e-9 // 0.29·100 is a little less than 29
	return fmt.Sprintf("higher than %.0f %%", math.Floor(percentile*100+rounding))
}

// instant writes a time to the second in UTC.
func instant(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// since writes how long ago a time was, to the second.
func since(now, t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return now.Sub(t).Truncate(time.Second).String() + " ago"
}

// state says in words what a member is: of a live one what it is in the 24h window,
// of the others what became of it.
func state(m api.Member) string {
	switch layers.State(m.State) {
	case layers.Tokenless:
		return "no token"
	case layers.Migrated:
		return migrated(m.Migration)
	case layers.Delisted:
		return "delisted " + m.Delisted.Format(time.DateOnly)
	case layers.Unlisted:
		return "not listed by any source"
	}
	for _, w := range m.Windows {
		if w.Window != "24h" {
			continue
		}
		if w.Reason == "" {
			return w.State
		}
		return w.State + ": " + w.Reason
	}
	return m.State
}

func migrated(m *api.Migration) string {
	ratio := ""
	if m.Ratio > 0 {
		ratio = fmt.Sprintf(" 1 : %g", m.Ratio)
	}
	return fmt.Sprintf("migrated to %s%s, %s", m.To, ratio, m.Since.Format(time.DateOnly))
}
