package collector

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// gateway is a network in which every call is answered at once, or after a while.
type gateway struct {
	answer func(*http.Request) (status int, header http.Header, body string)
	takes  time.Duration

	mu    sync.Mutex
	calls []time.Time
}

func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	g.calls = append(g.calls, time.Now())
	g.mu.Unlock()
	if g.takes > 0 {
		elapse(g.takes)
	}
	status, header, body := http.StatusOK, http.Header{}, "{}"
	if g.answer != nil {
		status, header, body = g.answer(r)
	}
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{StatusCode: status, Header: header, Request: r, Body: io.NopCloser(strings.NewReader(body))}, nil
}

func (g *gateway) http(b Budget) *HTTP {
	return NewHTTP(HTTPOptions{BaseURL: "http://source.test", Budget: b, Transport: g})
}

// most is how many of the calls fall into one stretch of time at most.
func most(calls []time.Time, stretch time.Duration) int {
	n := 0
	for i := range calls {
		for j := i; j < len(calls) && calls[j].Sub(calls[i]) < stretch; j++ {
			n = max(n, j-i+1)
		}
	}
	return n
}

func TestNoStretchOfTimeSeesMoreCallsThanTheBudgetAllows(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 20).Draw(rt, "calls")
		per := time.Duration(rapid.IntRange(1, 60).Draw(rt, "seconds")) * time.Second
		callers := rapid.IntRange(1, 5).Draw(rt, "callers")
		pauses := rapid.SliceOfN(rapid.IntRange(0, 10_000), 1, 20).Draw(rt, "pauses in milliseconds")
		synctest.Test(t, func(t *testing.T) {
			var g gateway
			h := g.http(Budget{Calls: limit, Per: per})
			var running sync.WaitGroup
			for n := range callers {
				running.Go(func() {
					ctx := t.Context()
					if n%2 == 1 {
						ctx = Background(ctx)
					}
					for _, pause := range pauses {
						elapse(time.Duration(pause) * time.Millisecond)
						if _, err := h.Get(ctx, "/", nil); err != nil {
							t.Error(err)
						}
					}
				})
			}
			running.Wait()
			if got := most(g.calls, per); got > limit {
				rt.Errorf("%d calls in %s, %d are allowed", got, per, limit)
			}
			if len(g.calls) != callers*len(pauses) {
				rt.Errorf("%d calls were made of %d", len(g.calls), callers*len(pauses))
			}
		})
	})
}

func TestABudgetIsUsedToTheFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gateway
		h := g.http(Budget{Calls: 10, Per: time.Minute})
		began := time.Now()
		for range 35 {
			h.Get(t.Context(), "/", nil)
		}
		if took := time.Since(began); took != 3*time.Minute {
			t.Errorf("35 calls, 10 a minute, took %s", took)
		}
	})
}

func TestWeightsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gateway
		h := g.http(Budget{Calls: 100, Per: time.Minute})
		began := time.Now()
		for _, cost := range []int{40, 60, 40} {
			h.GetCosting(t.Context(), cost, "/", nil)
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("140 of 100 a minute took %s", took)
		}
		// More than there ever is: it waits until nothing is taken, and not for ever.
		h.GetCosting(t.Context(), 1000, "/", nil)
		if took := time.Since(began); took != 2*time.Minute {
			t.Errorf("a call that costs more than the budget was made after %s", took)
		}
	})
}

func TestACallThatCannotBeMadeInTimeFailsAtOnceAndSaysWhenItCould(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gateway
		h := g.http(Budget{Calls: 1, Per: time.Minute})
		h.Get(t.Context(), "/", nil)
		elapse(10 * time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		began := time.Now()
		_, err := h.Get(ctx, "/price", nil)
		failure, ok := errors.AsType[*Error](err)
		if !ok || failure.Kind != OverBudget || failure.RetryAfter != 50*time.Second || time.Since(began) != 0 || h.Requests() != 1 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		if want := "ask source.test/price: over budget: all calls of the budget are used up, retry after 50s"; err.Error() != want {
			t.Errorf("it says %q, want %q", err, want)
		}
	})
}

func TestBackgroundCallsLeaveHalfOfTheBudgetAndStepBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gateway
		h := g.http(Budget{Calls: 10, Per: time.Minute})
		began := time.Now()
		var background sync.WaitGroup
		background.Go(func() {
			for range 50 {
				h.Get(Background(t.Context()), "/", nil)
			}
		})
		synctest.Wait()
		if len(g.calls) != 5 {
			t.Errorf("%d calls in the background at once, want half of 10", len(g.calls))
		}
		for range 5 {
			h.Get(t.Context(), "/", nil)
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("five live calls beside them took %s", took)
		}
		background.Wait()
		if took := time.Since(began); took != 9*time.Minute {
			t.Errorf("50 calls in the background took %s", took)
		}
	})
}

func TestOfABudgetOfOneCallTheLiveOneIsMadeFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gateway
		h := g.http(Budget{Calls: 1, Per: time.Second})
		ctx, stop := context.WithCancel(Background(t.Context()))
		var background sync.WaitGroup
		for range 3 {
			background.Go(func() {
				for ctx.Err() == nil {
					h.Get(ctx, "/", nil)
				}
			})
		}
		elapse(10500 * time.Millisecond)
		began := time.Now()
		for range 5 {
			h.Get(t.Context(), "/", nil)
		}
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("five live calls took %s beside three callers in the background", took)
		}
		stop()
		background.Wait()
	})
}

func TestARefusalPausesAllCallsAndHalvesTheBudget(t *testing.T) {
	for name, header := range map[string]func() http.Header{
		"in seconds": func() http.Header { return http.Header{"Retry-After": {"120"}} },
		"as a date": func() http.Header {
			return http.Header{"Retry-After": {time.Now().Add(2 * time.Minute).UTC().Format(http.TimeFormat)}}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			refuse := true
			g := gateway{answer: func(*http.Request) (int, http.Header, string) {
				if refuse {
					return 429, header(), "{}"
				}
				return 200, nil, "{}"
			}}
			h := g.http(Budget{Calls: 16, Per: time.Minute})
			h.Get(Background(t.Context()), "/past", nil)
			refuse = false
			status := h.bucket.status()
			if status.Limit != 8 || time.Until(status.PausedUntil) != 2*time.Minute {
				t.Errorf("%s: %+v", name, status)
			}
			// A live call that has the time waits, one that has not is told.
			hasty, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, err := h.Get(hasty, "/", nil)
			if failure, ok := errors.AsType[*Error](err); !ok || failure.Kind != OverBudget || failure.RetryAfter != 2*time.Minute ||
				failure.Detail != "the source asked to wait" {
				t.Errorf("%s: %v", name, err)
			}
			began := time.Now()
			if _, err := h.Get(t.Context(), "/", nil); err != nil || time.Since(began) != 2*time.Minute {
				t.Errorf("%s: %v after %s", name, err, time.Since(began))
			}
		})
	}
}

func TestABudgetShrinksToASixteenthAndGrowsBackInQuietTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := 429
		g := gateway{answer: func(*http.Request) (int, http.Header, string) { return status, nil, "{}" }}
		h := g.http(Budget{Calls: 160, Per: time.Minute})
		ask := func() {
			consult(t.Context(), new(witness), func(ctx context.Context) ([]byte, error) { return h.Get(ctx, "/", nil) })
		}
		for _, want := range []int{80, 40, 20, 10, 10} {
			ask()
			if got := h.bucket.status().Limit; got != want {
				t.Errorf("the limit is %d, want %d", got, want)
			}
		}
		status = 200
		ask() // waits for the end of the pause
		for _, want := range []int{20, 40, 80, 160} {
			before := h.bucket.status().Limit
			for range 9 {
				elapse(time.Minute)
				ask()
			}
			if got := h.bucket.status().Limit; got != before && before != 10 {
				t.Errorf("it grew from %d to %d within nine minutes", before, got)
			}
			elapse(time.Minute)
			ask()
			if got := h.bucket.status().Limit; got < want {
				t.Errorf("ten quiet minutes after %d the limit is %d, want %d", before, got, want)
			}
		}
	})
}

func TestCallsRefusedTogetherAreOneRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateway{takes: time.Second, answer: func(*http.Request) (int, http.Header, string) { return 429, nil, "{}" }}
		h := g.http(Budget{Calls: 160, Per: time.Minute})
		var together sync.WaitGroup
		for range 5 {
			together.Go(func() { h.Get(t.Context(), "/", nil) })
		}
		together.Wait()
		if s := h.bucket.status(); s.Limit != 80 || time.Until(s.PausedUntil) != limitedWait {
			t.Errorf("%+v", s)
		}
	})
}

// What only the source's decoder can see: it says no more than that in its error.
func TestARefusalInsideAGoodAnswerReachesTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := gateway{answer: func(*http.Request) (int, http.Header, string) { return 200, nil, `{"code":"50011"}` }}
		h := g.http(Budget{Calls: 16, Per: time.Minute})
		ask := func() time.Duration {
			began := time.Now()
			consult(t.Context(), new(witness), func(ctx context.Context) (struct{}, error) {
				if _, err := h.Get(ctx, "/", nil); err != nil {
					return struct{}{}, err
				}
				return struct{}{}, NewError(RateLimited, errors.New("too frequent"))
			})
			return time.Since(began)
		}
		for n, want := range []time.Duration{0, time.Minute, 2 * time.Minute, 4 * time.Minute} {
			if waited := ask(); waited != want {
				t.Errorf("call %d was made after %s, want %s", n, waited, want)
			}
		}
		if got := h.bucket.status().Limit; got != 1 {
			t.Errorf("after four refusals the limit is %d of 16", got)
		}
	})
}
