package demo

import (
	"math"
	"testing"
	"testing/synctest"
	"time"
)

// The scenario june-2025: 25 hours.
var (
	start = time.Date(2025, 6, 21, 20, 0, 0, 0, time.UTC)
	end   = time.Date(2025, 6, 22, 21, 0, 0, 0, time.UTC)
)

// wait lets time pass; inside a synctest bubble only.
func wait(d time.Duration) { <-time.After(d) }

// everyStart runs a test at several speeds and moments within the hour, from where
// the fake clock stands, 2000-01-01.
func everyStart(t *testing.T, test func(t *testing.T, speed float64)) {
	for _, speed := range []float64{1, 1.5, 2, 7, 60} {
		for _, late := range []time.Duration{0, time.Nanosecond, 17*time.Minute + 3*time.Second, time.Hour - time.Millisecond} {
			synctest.Test(t, func(t *testing.T) {
				wait(late)
				test(t, speed)
			})
		}
	}
}

func newClock(t *testing.T, speed float64) *Clock {
	t.Helper()
	clock, err := NewClock(start, end, speed)
	if err != nil {
		t.Fatal(err)
	}
	return clock
}

func TestAtSpeedOneTheWallClockIsShown(t *testing.T) {
	everyStart(t, func(t *testing.T, _ float64) {
		clock := newClock(t, 1)
		for range 40 {
			if now := clock.Now(); !now.Equal(time.Now()) {
				t.Fatalf("shown %s, the wall clock has %s", now, time.Now())
			}
			wait(47 * time.Minute)
		}
	})
}

func TestADemoStartsInTheRecordedHourOfItsStart(t *testing.T) {
	everyStart(t, func(t *testing.T, speed float64) {
		clock := newClock(t, speed)
		if first := clock.Recorded(clock.Now()); first.Before(start) || !first.Before(start.Add(time.Hour)) {
			t.Errorf("speed %v starts at recorded %s, want within the hour from %s", speed, first, start)
		}
	})
}

func TestShownAndRecordedTimeDifferByWholeHours(t *testing.T) {
	everyStart(t, func(t *testing.T, speed float64) {
		clock := newClock(t, speed)
		offset := clock.Shown(start).Sub(start)
		if offset%time.Hour != 0 {
			t.Errorf("speed %v: offset %s", speed, offset)
		}
		if back := clock.Recorded(clock.Shown(end)); !back.Equal(end) {
			t.Errorf("there and back is %s, want %s", back, end)
		}
	})
}

func TestShownTimeRunsAtItsSpeedNeverAheadOfTheWallClockUntilItHasCaughtUp(t *testing.T) {
	everyStart(t, func(t *testing.T, speed float64) {
		clock := newClock(t, speed)
		length := end.Sub(start)
		const parts = 100
		step := time.Duration(float64(length) / speed / parts)
		for last := clock.Now(); ; {
			if last.After(time.Now()) {
				t.Fatalf("speed %v: shown %s is ahead of the wall clock, %s", speed, last, time.Now())
			}
			if last.Equal(time.Now()) {
				break
			}
			wait(step)
			now := clock.Now()
			if ran, want := now.Sub(last), time.Duration(float64(step)*speed); !now.Equal(time.Now()) && (ran-want).Abs() > time.Microsecond {
				t.Fatalf("speed %v: shown time ran %s in %s, want %s", speed, ran, step, want)
			}
			last = now
		}
		caughtUp := clock.Recorded(clock.Now())
		if speed > 1 && (caughtUp.Before(end.Add(-time.Minute)) || caughtUp.After(end.Add(time.Hour+length/parts))) {
			t.Errorf("speed %v: caught up at recorded %s, want within an hour after %s", speed, caughtUp, end)
		}
		wait(36 * time.Hour)
		if !clock.Now().Equal(time.Now()) {
			t.Errorf("speed %v: after the end %s is shown, the wall clock has %s", speed, clock.Now(), time.Now())
		}
	})
}

func TestOtherSpeedsAreRefused(t *testing.T) {
	for _, speed := range []float64{0, -1, 0.99, 60.1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, err := NewClock(start, end, speed); err == nil {
			t.Errorf("speed %v: no error", speed)
		}
	}
}
