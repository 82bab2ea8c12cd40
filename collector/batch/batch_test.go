package batch_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"strata/collector"
	"strata/collector/batch"
	"strata/layers"
)

func listings(n int) []layers.Listing {
	all := make([]layers.Listing, n)
	for i := range all {
		all[i] = layers.Listing{Token: fmt.Sprint("token-", i), Symbol: fmt.Sprint(i)}
	}
	return all
}

// answered has a quote for every listing.
func answered(batch []layers.Listing) collector.Answer {
	var answer collector.Answer
	for _, l := range batch {
		answer.Quotes = append(answer.Quotes, collector.Quote{Token: l.Token, Price: layers.Decimal{Coefficient: 1}})
	}
	return answer
}

func TestBatchesHoldEverythingOnceInOrderAndFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		symbols := rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,20}`), 0, 60).Draw(t, "symbols")
		most, bytes := rapid.IntRange(1, 10).Draw(t, "most"), rapid.IntRange(1, 60).Draw(t, "bytes")
		var all []layers.Listing
		for _, s := range symbols {
			all = append(all, layers.Listing{Symbol: s})
		}
		var joined []string
		for _, b := range batch.Cut(all, most, bytes) {
			var names []string
			for _, l := range b {
				names = append(names, l.Symbol)
			}
			if length := len(strings.Join(names, ",")); len(b) == 0 || len(b) > most || length > bytes && len(b) > 1 {
				t.Errorf("a batch of %d listings and %d bytes: %v", len(b), length, names)
			}
			joined = append(joined, names...)
		}
		if !slices.Equal(joined, symbols) {
			t.Errorf("cut %v out of %v", joined, symbols)
		}
	})
}

func TestAFailedBatchCostsItselfOnly(t *testing.T) {
	answer, err := batch.Ask(t.Context(), batch.Cut(listings(100), 10, 1000), func(_ context.Context, b []layers.Listing) (collector.Answer, error) {
		if b[0].Symbol == "30" {
			return collector.Answer{}, &collector.Error{Kind: collector.BadAnswer, Detail: "garbage"}
		}
		return answered(b), nil
	})
	if err != nil || len(answer.Quotes) != 90 || len(answer.Missing) != 10 {
		t.Fatalf("%d quotes, %d missing, %v", len(answer.Quotes), len(answer.Missing), err)
	}
	for _, m := range answer.Missing {
		if !strings.HasPrefix(m.Token, "token-3") || !m.Malformed || m.Reason != "bad answer: garbage" {
			t.Errorf("%+v", m)
		}
	}
}

func TestAFailureThatSpeaksOfUsEndsTheRound(t *testing.T) {
	for _, kind := range []collector.Kind{collector.RateLimited, collector.Blocked} {
		var calls atomic.Int32
		answer, err := batch.Ask(t.Context(), batch.Cut(listings(100), 1, 1000), func(_ context.Context, b []layers.Listing) (collector.Answer, error) {
			if calls.Add(1) > 10 {
				return collector.Answer{}, &collector.Error{Kind: kind}
			}
			return answered(b), nil
		})
		failure, ok := errors.AsType[*collector.Error](err)
		if !ok || failure.Kind != kind || len(answer.Quotes) != 10 || len(answer.Missing) != 0 || calls.Load() > 18 {
			t.Errorf("%s: %d quotes, %d missing, %d calls, %v", kind, len(answer.Quotes), len(answer.Missing), calls.Load(), err)
		}
	}
}

func TestWhenEveryBatchFailsTheSourceFails(t *testing.T) {
	answer, err := batch.Ask(t.Context(), batch.Cut(listings(9), 4, 1000), func(context.Context, []layers.Listing) (collector.Answer, error) {
		return collector.Answer{}, &collector.Error{Kind: collector.Unavailable}
	})
	if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != collector.Unavailable || len(answer.Missing) != 9 {
		t.Errorf("%d missing, %v", len(answer.Missing), err)
	}
}

func TestOneHangingBatchDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		answer, err := batch.Ask(ctx, batch.Cut(listings(50), 1, 1000), func(ctx context.Context, b []layers.Listing) (collector.Answer, error) {
			if b[0].Symbol == "7" {
				<-ctx.Done()
				return collector.Answer{}, ctx.Err()
			}
			<-time.After(time.Second)
			return answered(b), nil
		})
		if err != nil || len(answer.Quotes) != 49 || len(answer.Missing) != 1 {
			t.Errorf("%d quotes, missing %v, %v", len(answer.Quotes), answer.Missing, err)
		}
	})
}

func TestTheEndOfTheCycleKeepsWhatCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 5500*time.Millisecond)
		defer cancel()
		answer, err := batch.Ask(ctx, batch.Cut(listings(50), 1, 1000), func(ctx context.Context, b []layers.Listing) (collector.Answer, error) {
			select {
			case <-time.After(time.Second):
				return answered(b), nil
			case <-ctx.Done():
				return collector.Answer{}, &collector.Error{Kind: collector.Timeout}
			}
		})
		failure, ok := errors.AsType[*collector.Error](err)
		if !ok || failure.Kind != collector.Timeout || len(answer.Quotes) != 20 {
			t.Errorf("%d quotes, %d missing, %v", len(answer.Quotes), len(answer.Missing), err)
		}
	})
}
