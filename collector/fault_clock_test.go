package collector_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/layers"
)

// bourse quotes without a time of its own, so that the clock alone makes the cycles.
type bourse struct{ asked []time.Time }

func (b *bourse) Name() string     { return "bank" }
func (b *bourse) Requests() uint64 { return uint64(len(b.asked)) }
func (b *bourse) Latest(context.Context, []layers.Listing) (collector.Answer, error) {
	b.asked = append(b.asked, time.Now())
	return collector.Answer{Quotes: []collector.Quote{{Token: "tether", Price: layers.Decimal{Coefficient: 1}}}}, nil
}

// Clocks that jump: no silence of more than two periods, no slot twice, and no sample
// that is dated later than a minute from the clock of the machine.
func TestAClockThatJumpsCostsNoMoreThanACycle(t *testing.T) {
	for name, offset := range map[string]func(elapsed time.Duration) time.Duration{
		"an hour ahead": func(e time.Duration) time.Duration { return after(e, 12*time.Minute, time.Hour) },
		"an hour back":  func(e time.Duration) time.Duration { return after(e, 12*time.Minute, -time.Hour) },
		"back and forth by a second, every 7 s": func(e time.Duration) time.Duration {
			return -time.Second * (e / (7 * time.Second) % 2)
		},
		"an hour back and forth, every 10 minutes": func(e time.Duration) time.Duration {
			return -time.Hour * (e / (10 * time.Minute) % 2)
		},
		"eight hours of sleep": func(e time.Duration) time.Duration { return after(e, 12*time.Minute, 8*time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				clock := func() time.Time { return time.Now().Add(offset(time.Since(began))).Round(0) }
				source := new(bourse)
				seen := map[time.Time]bool{}
				c := newCollector(t, collector.Options{
					Sources: []collector.Source{source}, Now: clock, Logger: slog.New(slog.DiscardHandler),
					Keep: func(at time.Time, samples []layers.Sample, _ []byte) error {
						if at.Sub(clock()) > time.Minute {
							t.Errorf("a sample of %s at %s", at, clock())
						}
						if seen[at] && !strings.Contains(name, "hour back") {
							t.Errorf("two cycles at %s", at)
						}
						seen[at] = true
						return nil
					},
				})
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
				defer cancel()
				if err := c.Run(ctx); err != nil {
					t.Error(err)
				}
				synctest.Wait() // for the call that the end of the run broke off
				for i, at := range source.asked[1:] {
					if gap := at.Sub(source.asked[i]); gap > 2*time.Minute {
						t.Errorf("silent for %s", gap)
					}
				}
				if n := len(source.asked); n < 27 || n > 33 {
					t.Errorf("%d cycles in half an hour", n)
				}
			})
		})
	}
}

func after(elapsed, when, step time.Duration) time.Duration {
	if elapsed < when {
		return 0
	}
	return step
}
