package collector

import (
	"strings"
	"testing"
	"time"
)

func TestSchedulesThatCannotBeMeantAreRefusedWithTheReason(t *testing.T) {
	for spec, reason := range map[string]string{
		"":                             "empty spec",
		"* * * *":                      "expected exactly 5 fields",
		"61 * * * *":                   "above maximum",
		"0 0 30 2 *":                   "never fires",
		"0 0 31 4,6,9,11 *":            "never fires",
		"TZ=UTC":                       "time zones",
		"TZ=Asia/Tokyo * * * * *":      "time zones",
		"CRON_TZ=Asia/Tokyo 0 9 * * *": "time zones",
		"@every 1s":                    "more often than every 5s",
		"@every -5s":                   "more often than every 5s",
		"@every 1ms":                   "more often than every 5s",
		"@every 5500ms":                "whole number of seconds",
		"@every soon":                  "soon",
		"@never":                       "unrecognized descriptor",
	} {
		_, err := ParseSchedule(spec)
		if err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("ParseSchedule(%q) = %v, want an error that says %q", spec, err, reason)
		}
	}
}

func TestSlotsAreInUTCWhateverTheClockOfTheWall(t *testing.T) {
	newYork := time.FixedZone("EST", -5*3600)
	schedule := mustSchedule(t, "30 2 * * *")
	got := schedule.Next(time.Date(2026, 3, 8, 1, 0, 0, 0, newYork)) // the night when 02:30 does not exist there
	if want := time.Date(2026, 3, 9, 2, 30, 0, 0, time.UTC); !got.Equal(want) || got.Location() != time.UTC {
		t.Errorf("the slot after 06:00 UTC is %s, want %s", got, want)
	}
}

func TestAnIntervalDoesNotDependOnTheStartOfTheProcess(t *testing.T) {
	schedule := mustSchedule(t, "@every 30s")
	start := time.Date(2026, 6, 24, 15, 44, 2, 123, time.UTC)
	if got, want := schedule.Next(start), time.Date(2026, 6, 24, 15, 44, 30, 0, time.UTC); !got.Equal(want) {
		t.Errorf("the first slot is %s, want %s", got, want)
	}
	if got := schedule.period(start); got != 30*time.Second {
		t.Errorf("the period is %s, want 30s", got)
	}
}

func TestTwoYearsOfSlotsAreExactOverLeapDaysAndEndsOfMonths(t *testing.T) {
	schedule := mustSchedule(t, "0 12 29,31 * *")
	at, end := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2029, 1, 1, 0, 0, 0, 0, time.UTC)
	var got int
	for at = schedule.Next(at); at.Before(end); at = schedule.Next(at) {
		if at.Hour() != 12 || at.Day() != 29 && at.Day() != 31 {
			t.Errorf("a slot at %s", at)
		}
		got++
	}
	// 7 months of 31 days a year; a 29th in every month but February 2027.
	if want := 2*7 + 2*12 - 1; got != want {
		t.Errorf("%d slots in two years, want %d", got, want)
	}
}

func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"* * * * *", "@every 5s", "TZ=UTC", "*/61 * * * *", "0 0 29 2 *", "CRON_TZ=", "@hourly", "1-0 * * * *"} {
		f.Add(seed)
	}
	now := time.Date(2026, 6, 24, 15, 44, 2, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec string) {
		schedule, err := ParseSchedule(spec)
		if err != nil {
			return
		}
		first := schedule.Next(now)
		if !first.After(now) || schedule.period(now) < minPeriod {
			t.Errorf("%q fires at %s and again %s later", spec, first, schedule.period(now))
		}
	})
}

func mustSchedule(t *testing.T, spec string) Schedule {
	t.Helper()
	schedule, err := ParseSchedule(spec)
	if err != nil {
		t.Fatal(err)
	}
	return schedule
}
