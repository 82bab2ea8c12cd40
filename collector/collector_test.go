package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

func TestAllSamplesOfACycleCarryItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		slow := &fake{name: "kraken", latest: func(ctx context.Context, l []layers.Listing) (Answer, error) {
			elapse(3 * time.Second)
			return quoting(always(price(t, "1.5010")))(ctx, l)
		}}
		quick := &fake{name: "coinbase", latest: quoting(always(price(t, "1.50")))}
		c := start(t, &kept, Options{}, slow, quick)
		elapse(1234567 * time.Nanosecond)
		began := time.Now().Truncate(time.Millisecond)
		cycle := c.Collect(t.Context())
		if cycle.Err != nil || len(cycle.Samples) != 6 || len(kept.batches) != 1 {
			t.Fatalf("%+v", cycle)
		}
		for _, s := range kept.batches[0] {
			if !s.Time.Equal(began) || s.Time.Location() != time.UTC {
				t.Errorf("%+v, want the time %s", s, began)
			}
		}
	})
}

func TestASourceThatIgnoresItsDeadlineDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		deaf := &fake{name: "kraken", latest: func(ctx context.Context, l []layers.Listing) (Answer, error) {
			elapse(10 * time.Minute)
			return quoting(always(price(t, "666")))(ctx, l)
		}}
		good := &fake{name: "coinbase", latest: quoting(always(price(t, "1.5")))}
		var late int
		c := start(t, &kept, Options{After: func(cycle Cycle) {
			if cycle.Duration > 21*time.Second {
				late++
			}
		}}, deaf, good)
		run(t, c, 10*time.Minute+30*time.Second)
		if late != 0 || len(kept.batches) != 10 || c.Status().Skipped != 0 {
			t.Errorf("%d late cycles, %d kept, %d skipped", late, len(kept.batches), c.Status().Skipped)
		}
		if len(deaf.asked()) != 1 {
			t.Errorf("asked %d times while the first call had not returned", len(deaf.asked()))
		}
		for _, s := range kept.samples() {
			if s.Source != "coinbase" {
				t.Errorf("a late answer was kept: %+v", s)
			}
		}
		status := c.Status().Sources[0]
		if status.Up || status.LastErrorKind != Timeout || status.Failures[Timeout] != 1 {
			t.Errorf("%+v", status)
		}
		elapse(time.Minute)
	})
}

func TestAPanicOfOneSourceIsItsOwnFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		broken := &fake{name: "kraken", latest: func(context.Context, []layers.Listing) (Answer, error) {
			panic(errors.New("index out of range"))
		}}
		good := &fake{name: "coinbase", latest: quoting(always(price(t, "1.5")))}
		c := start(t, &kept, Options{}, broken, good)
		run(t, c, 5*time.Minute+time.Second)
		status := c.Status()
		if status.Cycles != 5 || len(kept.samples()) != 15 || status.Sources[0].LastErrorKind != Panicked || !status.Sources[1].Up {
			t.Errorf("%d samples, %+v", len(kept.samples()), status)
		}
	})
}

func TestNothingCountsAsDoneUntilItIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := shelf{err: errors.New("disk full")}
		at := time.Now()
		source := &fake{name: "kraken", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "1.5"), Time: at}}}, nil
		}}
		c := start(t, &kept, Options{}, source)
		cycle := c.Collect(t.Context())
		status := c.Status()
		if cycle.Err == nil || !strings.Contains(cycle.Err.Error(), "disk full") || status.Failed != 1 ||
			!status.LastSuccess.IsZero() || !status.Sources[0].LastSuccess.IsZero() || status.Sources[0].Accepted != 0 {
			t.Errorf("%v, %+v", cycle.Err, status)
		}
		kept.err = nil
		elapse(time.Minute)
		// The very same quote is new all the same: it was never kept.
		if cycle := c.Collect(t.Context()); cycle.Err != nil || len(cycle.Samples) != 1 {
			t.Errorf("%+v", cycle)
		}
		if status := c.Status(); status.LastSuccess.IsZero() || !status.Sources[0].Up || status.Sources[0].Accepted != 1 {
			t.Errorf("%+v", status)
		}
	})
}

func TestASilentSourceGoesStaleAndThenMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		stopped := time.Now().Add(5 * time.Minute)
		source := &fake{name: "coingecko", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			at := time.Now()
			if at.After(stopped) {
				at = stopped
			}
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "1.5"), Time: at}}}, nil
		}}
		var states []TokenState
		c := start(t, &kept, Options{After: func(cycle Cycle) { states = append(states, cycle.Tokens[0].State) }}, source)
		run(t, c, 30*time.Minute+time.Second)
		status := c.Status()
		if got := len(kept.samples()); got != 5 {
			t.Errorf("%d samples of a source that fell silent after 5", got)
		}
		rejected := status.Sources[0].Rejected
		if rejected[ReasonUnchanged] != 2 || rejected[ReasonFrozen] != 8 || rejected[ReasonStale] != 15 {
			t.Errorf("rejected %v, want 2 repeats, 8 frozen and then 15 stale quotes", rejected)
		}
		want := []TokenState{TokenSingleSource, TokenFrozen, TokenStale}
		if got := slices.Compact(slices.Clone(states)); !slices.Equal(got, want) {
			t.Errorf("the states are %v, want %v", got, want)
		}
		if states[6] != TokenSingleSource || states[7] != TokenFrozen {
			t.Errorf("after the last new price of cycle 5 the states are %v, want frozen from the third repeat on", states[5:9])
		}
		if len(status.Tokens[0].Sources) != 0 || status.States[TokenStale] != 1 || status.States[TokenMissing] != 2 || status.Reasons[ReasonStale] != 1 {
			t.Errorf("%+v", status)
		}
	})
}

func TestAnOlderQuoteNeverFollowsANewerOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		ages := []time.Duration{10, 90, 5, 200, 3} // seconds, one a minute: caches that disagree
		source := &fake{name: "coinbase"}
		source.latest = func(_ context.Context, l []layers.Listing) (Answer, error) {
			n := int(source.Requests())
			return Answer{Quotes: []Quote{{
				Token: l[0].Token, Price: price(t, fmt.Sprintf("1.5%d", n)), Time: time.Now().Add(-ages[n-1] * time.Second),
			}}}, nil
		}
		c := start(t, &kept, Options{}, source)
		run(t, c, 5*time.Minute+time.Second)
		var got []string
		for _, s := range kept.samples() {
			got = append(got, s.Price.String())
		}
		if want := "1.51 1.53 1.55"; strings.Join(got, " ") != want {
			t.Errorf("kept %v, want %s", got, want)
		}
	})
}

func TestAnAnswerForAnotherTokenIsNotBelieved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		source := &fake{name: "kraken", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			one := price(t, "1.5")
			return Answer{Quotes: []Quote{{Token: "dogecoin", Price: one}, {Token: l[0].Token, Price: one}, {Token: l[0].Token, Price: price(t, "9")}}}, nil
		}}
		c := start(t, &kept, Options{}, source)
		c.Collect(t.Context())
		if samples := kept.samples(); len(samples) != 1 || samples[0].Price.String() != "1.5" {
			t.Errorf("%+v", samples)
		}
		if got := c.Status().Sources[0].Rejected[ReasonMalformed]; got != 2 {
			t.Errorf("%d were counted as malformed, want 2", got)
		}
	})
}

func TestTheFirstQuoteAfterAStartIsHeldAgainstTheLastOneBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		source := &fake{name: "kraken", latest: quoting(always(price(t, "2.15")))}
		c := start(t, &kept, Options{Last: []layers.Sample{
			{Token: "bittensor", Source: "kraken", Price: price(t, "215")},
			{Token: "bittensor", Source: "coingecko", Price: price(t, "2.15")},
			{Token: "ethereum", Source: "kraken", Price: price(t, "2.10")},
		}}, source)
		c.Collect(t.Context())
		var tokens []string
		for _, s := range kept.samples() {
			tokens = append(tokens, s.Token)
		}
		if want := "ethereum ocean-protocol"; strings.Join(tokens, " ") != want || c.Status().Sources[0].Rejected[ReasonHeld] != 1 {
			t.Errorf("kept %v, want %s and one held", tokens, want)
		}
	})
}

// One of three sources lies by half, a day long.
func TestALiarAmongThreeIsNeverStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		truth := func(token string) layers.Decimal {
			minute := time.Now().Unix() / 60 % 7
			return layers.Decimal{Coefficient: 10000 + minute, Exponent: -2} // moves by up to 6 bp
		}
		lie := func(token string) layers.Decimal {
			d := truth(token)
			d.Coefficient = d.Coefficient * 3 / 2
			return d
		}
		liar := &fake{name: "coingecko", latest: quoting(lie)}
		c := start(t, &kept, Options{}, &fake{name: "kraken", latest: quoting(truth)}, liar, &fake{name: "coinbase", latest: quoting(truth)})
		run(t, c, 24*time.Hour+time.Second)
		if got := len(kept.samples()); got != 1440*2*3 {
			t.Errorf("%d samples, want %d", got, 1440*2*3)
		}
		for _, s := range kept.samples() {
			if s.Source == "coingecko" {
				t.Fatalf("a lie was stored: %+v", s)
			}
		}
		status := c.Status()
		if got := status.Sources[1]; !got.Up || got.Rejected[ReasonOutlier] != 1440*3 {
			t.Errorf("%+v", got)
		}
		if got := status.Tokens[0]; got.State != TokenOK || got.Spread != 0 || len(got.Sources) != 2 {
			t.Errorf("%+v", got)
		}
	})
}

func TestALoneQuoteBesideACachedOneMayNotBeAbsurd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		began := time.Now()
		cached := &fake{name: "coingecko", latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, "100"), Time: began}}}, nil
		}}
		prices := []string{"100", "101", "140", "101.2"}
		moving := &fake{name: "kraken"}
		moving.latest = func(_ context.Context, l []layers.Listing) (Answer, error) {
			return Answer{Quotes: []Quote{{Token: l[0].Token, Price: price(t, prices[moving.Requests()-1])}}}, nil
		}
		c := start(t, &kept, Options{}, cached, moving)
		for range prices {
			c.Collect(t.Context())
			elapse(time.Minute)
		}
		var got []string
		for _, s := range kept.samples() {
			got = append(got, s.Source+" "+s.Price.String())
		}
		if want := "coingecko 100, kraken 100, kraken 101, kraken 101.2"; strings.Join(got, ", ") != want {
			t.Errorf("kept %v, want %s", got, want)
		}
	})
}

// Two sources of a thin market that keep a distance of 1 %: neither may be starved.
func TestADisputeBetweenTwoHonestSourcesEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		began := time.Now()
		low := &fake{name: "kraken", latest: quoting(func(string) layers.Decimal {
			return layers.Decimal{Coefficient: 10000 + time.Now().Unix()%3, Exponent: -2}
		})}
		high := &fake{name: "coinbase", latest: quoting(func(string) layers.Decimal {
			moved := min(int64(time.Since(began)/(5*time.Minute)), 1) * 60 // +60 bp after 5 minutes
			return layers.Decimal{Coefficient: 10100 + moved, Exponent: -2}
		})}
		c := start(t, &kept, Options{}, low, high)
		run(t, c, time.Hour+time.Second)
		status := c.Status()
		if got := status.Sources[1].Rejected[ReasonDisputed]; got != 3*10 || status.Sources[1].Accepted != 3 {
			t.Errorf("%d quotes rejected, %d accepted in the last cycle", got, status.Sources[1].Accepted)
		}
		if got := status.Tokens[0]; got.State != TokenDisputed || len(got.Sources) != 2 || got.Spread < 0.015 {
			t.Errorf("%+v", got)
		}
	})
}

func TestACycleIsOneLineAndAChangeOfStateAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		var log bytes.Buffer
		began := time.Now()
		shaky := &fake{name: "kraken", latest: func(ctx context.Context, l []layers.Listing) (Answer, error) {
			if time.Since(began) < 20*time.Minute {
				return Answer{}, &Error{Kind: Unavailable, Status: 503, Target: "api.kraken.com/0/public/Ticker"}
			}
			return quoting(always(price(t, "1.5")))(ctx, l)
		}}
		good := &fake{name: "coinbase", latest: quoting(always(price(t, "1.5")))}
		c := start(t, &kept, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}, shaky, good)
		run(t, c, time.Hour+time.Second)
		for text, want := range map[string]int{
			"cycle finished": 60, "source is down": 1, "source is up again": 1, "level=ERROR": 0,
			"sources_ok=1 sources_failed=1 quotes=3 accepted=3 rejected=0 stored=3 duration_seconds=0 next=": 30,
		} {
			if got := strings.Count(log.String(), text); got != want {
				t.Errorf("%q stands in the log %d times, want %d", text, got, want)
			}
		}
		// Minutes 1, 2, 4, 8, 16 and then 31, 15 minutes later and well again.
		if got := c.Status().Sources[0]; got.Failures[Unavailable] != 5 || !got.Up || got.LastError != "" || !got.RetryAt.IsZero() {
			t.Errorf("%+v", got)
		}
	})
}

func TestWhatIsWrongWithTheOptionsIsSaidAtOnce(t *testing.T) {
	twin := &fake{name: "kraken"}
	_, err := New(Options{Sources: []Source{twin, twin}, Deadline: -1})
	for _, fault := range []string{"catalogue", "schedule", "negative", "kraken is there twice"} {
		if err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%v does not speak of %q", err, fault)
		}
	}
}
