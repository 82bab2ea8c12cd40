package collector

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

func TestADayOfMinutesIs1440Cycles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		source := &fake{name: "kraken", latest: quoting(always(price(t, "1.5")))}
		c := start(t, &kept, Options{Jitter: 7 * time.Second}, source)
		run(t, c, 24*time.Hour)
		status := c.Status()
		if status.Cycles != 1440 || status.Failed != 0 || status.Skipped != 0 || len(kept.batches) != 1440 {
			t.Errorf("%d cycles, %d failed, %d skipped, %d kept", status.Cycles, status.Failed, status.Skipped, len(kept.batches))
		}
		for i, batch := range kept.batches {
			if at := batch[0].Time; at.Second() != 7 || i > 0 && at.Sub(kept.batches[i-1][0].Time) != time.Minute {
				t.Fatalf("batch %d is of %s", i, at)
			}
		}
	})
}

func TestACycleThatOverrunsSkipsSlotsAndCountsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		source := &fake{name: "kraken", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			elapse(150 * time.Second)
			return quoting(always(price(t, "1.5")))(nil, l)
		}}
		c := start(t, &kept, Options{Deadline: 5 * time.Minute}, source)
		run(t, c, time.Hour)
		// Started at minute 1, done at 3:30, slots 2 skipped, 3 run late, done at 6:00, ...
		calls := source.asked()
		for i := 1; i < len(calls); i++ {
			if gap := calls[i].Sub(calls[i-1]); gap < 150*time.Second {
				t.Errorf("two cycles at a time: %s between their starts", gap)
			}
		}
		status := c.Status()
		if slots := status.Cycles + status.Skipped; slots < 57 || slots > 60 || status.Skipped == 0 {
			t.Errorf("%d cycles and %d skipped slots in an hour", status.Cycles, status.Skipped)
		}
		elapse(150 * time.Second) // for the last call to return
	})
}

// A clock that is set while the collector runs.
func TestTheClockIsSet(t *testing.T) {
	for name, test := range map[string]struct {
		step            time.Duration
		cycles, skipped uint64 // in the ten minutes around
	}{
		"an hour back":         {-time.Hour, 10, 0},
		"a second back":        {-time.Second, 10, 0},
		"a second ahead":       {time.Second, 10, 0},
		"eight hours of sleep": {8 * time.Hour, 11, 479},
	} {
		synctest.Test(t, func(t *testing.T) {
			var kept shelf
			began := time.Now()
			clock := func() time.Time {
				now := time.Now()
				if now.Sub(began) >= 5*time.Minute+500*time.Millisecond {
					return now.Add(test.step).Round(0)
				}
				return now
			}
			source := &fake{name: "kraken", latest: quoting(always(price(t, "1.5")))}
			source.latest = func(_ context.Context, l []layers.Listing) (Answer, error) {
				return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "1.5")}}}, nil
			}
			c := start(t, &kept, Options{Now: clock}, source)
			run(t, c, 10*time.Minute+2*time.Second)
			status := c.Status()
			if status.Cycles != test.cycles || status.Skipped != test.skipped {
				t.Errorf("%s: %d cycles, %d skipped, want %d, %d", name, status.Cycles, status.Skipped, test.cycles, test.skipped)
			}
			calls := source.asked()
			for i := 1; i < len(calls); i++ {
				if gap := calls[i].Sub(calls[i-1]); gap > 2*time.Minute {
					t.Errorf("%s: silent for %s", name, gap)
				}
			}
		})
	}
}

func TestRunEndsAtOnceInTheMiddleOfACycleWithNothingKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		deaf := &fake{name: "kraken", latest: func(context.Context, []layers.Listing) (Answer, error) {
			elapse(10 * time.Minute) // heeds no context
			return Answer{}, nil
		}}
		good := &fake{name: "coinbase", latest: quoting(always(price(t, "1.5")))}
		c := start(t, &kept, Options{}, deaf, good)
		began := time.Now()
		run(t, c, 65*time.Second)
		if took := time.Since(began); took != 65*time.Second || len(kept.batches) != 0 {
			t.Errorf("ended after %s with %d batches", took, len(kept.batches))
		}
		if next := c.Status().Next; !next.IsZero() {
			t.Errorf("after the end the next cycle is announced for %s", next)
		}
		elapse(10 * time.Minute)
	})
}

func TestAFasterClockLosesNoSlotAndKeepsItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		began := time.Now()
		clock := func() time.Time { return began.Add(60 * time.Since(began)) }
		source := &fake{name: "kraken", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			elapse(50 * time.Millisecond)
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "1.5")}}}, nil
		}}
		c := start(t, &kept, Options{Now: clock}, source)
		run(t, c, 2*time.Minute)
		if status := c.Status(); status.Cycles < 119 || status.Skipped != 0 {
			t.Errorf("two hours in two minutes: %d cycles, %d skipped", status.Cycles, status.Skipped)
		}
		for _, sample := range kept.samples() {
			if late := sample.Time.Sub(sample.Time.Truncate(time.Minute)); late > time.Second {
				t.Fatalf("a cycle began %s after its slot", late)
			}
		}
		elapse(time.Second) // for the last call to return
	})
}
