package collector

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

// online is a source of one token that asks a gateway, as all of them do.
type online struct{ http *HTTP }

func (o *online) Name() string     { return "kraken" }
func (o *online) Requests() uint64 { return o.http.Requests() }

func (o *online) Latest(ctx context.Context, l []layers.Listing) (Answer, error) {
	body, err := o.http.Get(ctx, "/now", nil)
	switch {
	case err != nil:
		return Answer{}, err
	case string(body) == "slow down":
		return Answer{}, NewError(RateLimited, errors.New("too frequent"))
	}
	return Answer{Quotes: []Quote{{Token: l[0].Token, Price: layers.Decimal{Coefficient: 15, Exponent: -1}}}}, nil
}

// past asks for the past, as a backfill does.
func (o *online) past(ctx context.Context) error {
	_, err := consult(Background(ctx), new(witness), func(ctx context.Context) ([]byte, error) { return o.http.Get(ctx, "/past", nil) })
	return err
}

func TestARefusalOfTheBackfillPausesLiveCallsAndIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateway{answer: func(r *http.Request) (int, http.Header, string) {
			if r.URL.Path == "/past" {
				return 429, http.Header{"Retry-After": {"330"}}, ""
			}
			return 200, nil, "{}"
		}}
		var kept shelf
		var log bytes.Buffer
		source := &online{g.http(Budget{Calls: 60, Per: time.Minute})}
		c := startOn(t, &kept, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}, listing(t, "bittensor kraken"), source)
		c.Collect(t.Context())
		source.past(t.Context())
		paused := time.Now().Add(330 * time.Second).UTC()
		if s := c.Status().Sources[0]; !s.Budget.PausedUntil.Equal(paused) || !s.RetryAt.Equal(paused) || s.Budget.Limit != 30 {
			t.Errorf("%+v", s)
		}
		for range 7 {
			elapse(time.Minute)
			c.Collect(t.Context())
		}
		// Once before, once of the past, and then in minutes 6 and 7.
		if len(g.calls) != 4 || len(kept.samples()) != 3 {
			t.Errorf("%d calls, %d samples", len(g.calls), len(kept.samples()))
		}
		s := c.Status().Sources[0]
		if s.Failures[OverBudget] != 1 || s.Failures[RateLimited] != 0 || !s.Up || !s.RetryAt.IsZero() {
			t.Errorf("%+v", s)
		}
		if down, up := strings.Count(log.String(), "source is down"), strings.Count(log.String(), "source is up again"); down != 1 || up != 1 {
			t.Errorf("%d lines say that it is down, %d that it is up", down, up)
		}
	})
}

func TestARefusalOfALiveCallPausesTheBackfill(t *testing.T) {
	for name, refusal := range map[string]func() (int, http.Header, string){
		"by status":        func() (int, http.Header, string) { return 418, http.Header{"Retry-After": {"60"}}, "" },
		"inside an answer": func() (int, http.Header, string) { return 200, nil, "slow down" },
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gateway{answer: func(r *http.Request) (int, http.Header, string) {
				if r.URL.Path == "/now" {
					return refusal()
				}
				return 200, nil, "{}"
			}}
			var kept shelf
			source := &online{g.http(Budget{Calls: 60, Per: time.Minute})}
			c := startOn(t, &kept, Options{}, listing(t, "bittensor kraken"), source)
			c.Collect(t.Context())
			began := time.Now()
			if err := source.past(t.Context()); err != nil || time.Since(began) != time.Minute {
				t.Errorf("%s: the past came after %s, %v", name, time.Since(began), err)
			}
			if s := c.Status().Sources[0]; s.Budget.Limit != 30 || s.Up {
				t.Errorf("%s: %+v", name, s)
			}
		})
	}
}

func TestASourceThatIsIllIsLeftAloneForAsLongAsItAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateway{answer: func(*http.Request) (int, http.Header, string) { return 503, http.Header{"Retry-After": {"1200"}}, "" }}
		var kept shelf
		source := &online{g.http(Budget{Calls: 60, Per: time.Minute})}
		c := startOn(t, &kept, Options{}, listing(t, "bittensor kraken"), source)
		run(t, c, time.Hour+30*time.Second)
		if len(g.calls) != 3 { // minutes 1, 21, 41
			t.Errorf("%d calls in an hour to a source that asks for 20 minutes", len(g.calls))
		}
		if s := c.Status().Sources[0]; s.Budget.Limit != 60 || s.Failures[Unavailable] != 3 {
			t.Errorf("%+v", s)
		}
	})
}

// A day of a source that refuses every call, in all the ways there are: few probes, and
// each is within the budget.
func TestADayOfRefusalsIsADayOfFewCalls(t *testing.T) {
	for name, test := range map[string]struct {
		answer func() (int, http.Header, string)
		most   int
	}{
		"429 without a time":    {func() (int, http.Header, string) { return 429, nil, "" }, 30}, // doubling to an hour
		"429 for an hour":       {func() (int, http.Header, string) { return 429, http.Header{"Retry-After": {"3600"}}, "" }, 24},
		"inside an answer":      {func() (int, http.Header, string) { return 200, nil, "slow down" }, 30},
		"403":                   {func() (int, http.Header, string) { return 403, nil, "" }, 4},
		"451":                   {func() (int, http.Header, string) { return 451, nil, "" }, 4},
		"503, every 15 minutes": {func() (int, http.Header, string) { return 503, nil, "" }, 100},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := gateway{answer: func(*http.Request) (int, http.Header, string) { return test.answer() }}
			var kept shelf
			source := &online{g.http(Budget{Calls: 60, Per: time.Minute})}
			c := startOn(t, &kept, Options{}, listing(t, "bittensor kraken"), source)
			run(t, c, 24*time.Hour+time.Second)
			if len(g.calls) > test.most || len(g.calls) < test.most/2 || len(kept.batches) != 0 {
				t.Errorf("%s: %d calls in a day, at most %d are polite", name, len(g.calls), test.most)
			}
			if s := c.Status(); s.Cycles != 1440 || s.Skipped != 0 {
				t.Errorf("%s: %d cycles, %d skipped", name, s.Cycles, s.Skipped)
			}
		})
	}
}
