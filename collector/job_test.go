package collector

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

// follow runs a job for a while of virtual time.
func follow(t *testing.T, j *Job, while time.Duration) {
	t.Helper()
	if j.Logger == nil {
		j.Logger = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithTimeout(t.Context(), while)
	defer cancel()
	j.Follow(ctx)
}

func TestAJobThatPanicsHasFailedAndRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		n := 0
		j := &Job{Name: "backup", Schedule: mustSchedule(t, "* * * * *"), Logger: slog.New(slog.NewTextHandler(&log, nil))}
		j.Run = func(context.Context) error {
			switch n++; n {
			case 2:
				panic("index out of range")
			case 3:
				return errors.New("disk full")
			}
			return nil
		}
		follow(t, j, 5*time.Minute+time.Second)
		s := j.Status()
		if s.Runs != 5 || s.Failed != 2 || s.Panics != 1 || s.Skipped != 0 || s.LastError != "" || !s.Next.IsZero() {
			t.Errorf("%+v", s)
		}
		if !s.LastSuccess.Equal(s.LastStart) { // synctest: a run takes no time
			t.Errorf("last success %v, the last run was well and began %v", s.LastSuccess, s.LastStart)
		}
		for _, text := range []string{"job panicked", "job failed"} {
			if got := strings.Count(log.String(), text); got != 1 {
				t.Errorf("%q stands in the log %d times: %s", text, got, log.String())
			}
		}
		for _, text := range []string{"index out of range", "job_test.go", "disk full", "job=backup"} {
			if !strings.Contains(log.String(), text) {
				t.Errorf("%q does not stand in the log: %s", text, log.String())
			}
		}
	})
}

func TestAFaultInTheCollectorItselfCostsOneCycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		n := 0
		c := start(t, &kept, Options{After: func(Cycle) {
			if n++; n == 2 {
				panic("a fault of ours")
			}
		}}, &fake{name: "kraken", latest: quoting(always(price(t, "1.5")))})
		run(t, c, 5*time.Minute+time.Second)
		if s := c.Status(); s.Panics != 1 || len(kept.batches) != 5 {
			t.Errorf("%d panics, %d cycles kept", s.Panics, len(kept.batches))
		}
	})
}

// A local clock would skip 2:30 in spring and see 1:30 twice in autumn; the year 2000 has
// a 29 February. Every slot of two years is told beside a calendar of its own.
func TestTwoYearsOfScheduleAreExact(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for spec, is := range map[string]func(time.Time) bool{
		"30 1 * * *":   func(t time.Time) bool { return t.Hour() == 1 && t.Minute() == 30 },
		"30 2 * * *":   func(t time.Time) bool { return t.Hour() == 2 && t.Minute() == 30 },
		"0 0 29 2 *":   func(t time.Time) bool { return t.Month() == 2 && t.Day() == 29 && t.Hour() == 0 && t.Minute() == 0 },
		"15 12 31 * *": func(t time.Time) bool { return t.Day() == 31 && t.Hour() == 12 && t.Minute() == 15 },
		"0 */6 * * 0":  func(t time.Time) bool { return t.Weekday() == 0 && t.Hour()%6 == 0 && t.Minute() == 0 },
		"@monthly":     func(t time.Time) bool { return t.Day() == 1 && t.Hour() == 0 && t.Minute() == 0 },
		"@every 90m":   func(t time.Time) bool { return (t.Hour()*60+t.Minute())%90 == 0 },
	} {
		t.Run(spec, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const years = 2*366*24*time.Hour - 30*time.Second // no slot falls on its end
				began := time.Now()
				var ran []time.Time
				j := &Job{Schedule: mustSchedule(t, spec), glance: 10 * time.Minute}
				j.wall = func() time.Time { return time.Now().In(berlin) }
				j.Run = func(context.Context) error { ran = append(ran, time.Now().UTC()); return nil }
				follow(t, j, years)
				var want []time.Time
				for at := began.UTC().Truncate(time.Minute).Add(time.Minute); at.Before(began.Add(years)); at = at.Add(time.Minute) {
					if is(at) {
						want = append(want, at)
					}
				}
				if !slices.EqualFunc(ran, want, time.Time.Equal) {
					t.Errorf("ran %d times, want %d: %v ...", len(ran), len(want), ran[:min(3, len(ran))])
				}
				if s := j.Status(); s.Skipped != 0 || s.ClockSteps != 0 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// stepping is a machine whose clock steps once, some time after the start.
func stepping(after, step time.Duration) func() time.Time {
	began := time.Now()
	return func() time.Time {
		now := time.Now()
		if now.Sub(began) >= after {
			return now.Add(step).Round(0)
		}
		return now.Round(0)
	}
}

func TestAStepOfTheClockIsSeenCountedAndSurvived(t *testing.T) {
	for name, test := range map[string]struct {
		step          time.Duration
		steps         uint64
		runs, skipped uint64 // in ten minutes
	}{
		"an hour back":          {-time.Hour, 1, 10, 0},
		"an hour ahead":         {time.Hour, 1, 11, 59},
		"eight hours of sleep":  {8 * time.Hour, 1, 11, 479},
		"two seconds and a bit": {2100 * time.Millisecond, 1, 10, 0},
		"a second back":         {-time.Second, 0, 10, 0},
		"a second ahead":        {time.Second, 0, 10, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			var ran []time.Time
			j := &Job{Name: "collect", Schedule: mustSchedule(t, "* * * * *"), Logger: slog.New(slog.NewTextHandler(&log, nil))}
			j.wall = stepping(5*time.Minute+30*time.Second, test.step)
			j.Run = func(context.Context) error { ran = append(ran, time.Now()); return nil }
			follow(t, j, 10*time.Minute+2*time.Second)
			s := j.Status()
			if s.ClockSteps != test.steps || s.Runs != test.runs || s.Skipped != test.skipped {
				t.Errorf("%s: %+v", name, s)
			}
			if test.steps == 1 && (s.LastStep-test.step).Abs() > time.Millisecond {
				t.Errorf("%s: seen as %s", name, s.LastStep)
			}
			if got := strings.Count(log.String(), "clock stepped"); got != int(test.steps) {
				t.Errorf("%s: %d lines say so", name, got)
			}
			for i := 1; i < len(ran); i++ {
				if gap := ran[i].Sub(ran[i-1]); gap > 2*time.Minute || gap <= 0 {
					t.Errorf("%s: silent for %s", name, gap)
				}
			}
		})
	}
}

func TestAClockThatFlapsMakesNoSlotRunTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		slots := map[time.Time]int{}
		j := &Job{Schedule: mustSchedule(t, "* * * * *")}
		j.wall = func() time.Time {
			now := time.Now().Round(0)
			if int(now.Sub(began)/(7*time.Second))%2 == 1 {
				return now.Add(-time.Second)
			}
			return now
		}
		j.Run = func(context.Context) error { slots[j.now().Truncate(time.Minute)]++; return nil }
		follow(t, j, 3*time.Hour-30*time.Second)
		for slot, n := range slots {
			if n != 1 {
				t.Errorf("the slot of %s ran %d times", slot, n)
			}
		}
		if s := j.Status(); len(slots) != 179 || s.ClockSteps != 0 || s.Skipped != 0 {
			t.Errorf("%d slots, %+v", len(slots), s)
		}
	})
}

func TestAWatchTellsAStepFromTheTimeThatPasses(t *testing.T) {
	var w watch
	wall, monotonic := noon, noon
	for i, test := range []struct{ wall, monotonic, want time.Duration }{
		{0, 0, 0}, // the first look knows nothing
		{time.Second, time.Second, 0},
		{time.Hour, time.Hour, 0}, // a long run
		{3 * time.Second, time.Second, 0},
		{3001 * time.Millisecond, time.Second, 2001 * time.Millisecond},
		{-59 * time.Minute, time.Minute, -time.Hour},
		{8 * time.Hour, time.Second, 8*time.Hour - time.Second},
	} {
		wall, monotonic = wall.Add(test.wall), monotonic.Add(test.monotonic)
		if got := w.look(wall, monotonic); got != test.want {
			t.Errorf("look %d: a step of %s, want %s", i, got, test.want)
		}
	}
}

func TestASuspendIsVisibleInTheStatusOfTheCollector(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		c := start(t, &kept, Options{}, &fake{name: "kraken", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "1.5")}}}, nil
		}})
		c.job.wall = stepping(5*time.Minute+30*time.Second, 8*time.Hour)
		run(t, c, 10*time.Minute+time.Second)
		if s := c.Status(); s.Cycles != 11 || s.Skipped != 479 || s.ClockSteps != 1 || s.LastStep != 8*time.Hour {
			t.Errorf("%d cycles, %d skipped, %d steps, the last by %s", s.Cycles, s.Skipped, s.ClockSteps, s.LastStep)
		}
		// One run catches up, and the gap stays a gap.
		var gaps int
		samples := kept.samples()
		for i := 1; i < len(samples); i++ {
			if samples[i].Time.Sub(samples[i-1].Time) > 7*time.Hour {
				gaps++
			}
		}
		if gaps != 1 {
			t.Errorf("%d gaps", gaps)
		}
	})
}
