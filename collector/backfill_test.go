package collector

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

// archive is a historian that knows every token's past: one price, every interval.
type archive struct {
	fake
	refuse func(call int, listing layers.Listing) error
	asked  []string
	times  []time.Time
}

func (a *archive) Reaches() []Reach { return nil }

func (a *archive) History(_ context.Context, listings []layers.Listing, _ time.Duration, asked layers.Span) (Past, error) {
	listing, span := listings[0], asked.To.Sub(asked.From)
	a.asked, a.times = append(a.asked, listing.Token+" "+span.String()), append(a.times, time.Now())
	if a.refuse != nil {
		if err := a.refuse(len(a.asked), listing); err != nil {
			return Past{}, err
		}
	}
	interval := time.Hour
	if span <= 24*time.Hour {
		interval = 5 * time.Minute
	}
	var samples []layers.Sample
	for at := time.Now().Add(-span); at.Before(time.Now()); at = at.Add(interval) {
		samples = append(samples, layers.Sample{
			Token: listing.Token, Source: "coingecko", Time: at, Price: layers.Decimal{Coefficient: 15, Exponent: -1},
		})
	}
	return Past{Samples: samples}, nil
}

// library is a store of everything, as a backfill sees it.
type library struct{ samples []layers.Sample }

func (l *library) have(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for _, s := range l.samples {
			if s.Token == token && span.Contains(s.Time) && !yield(s, nil) {
				return
			}
		}
	}
}

func (l *library) keep(samples []layers.Sample) (int, error) {
	l.samples = append(l.samples, samples...)
	return len(samples), nil
}

func backfill(t *testing.T, a *archive, l *library) *Backfill {
	t.Helper()
	a.name = "coingecko"
	return &Backfill{
		Catalogue: catalogue(t, "coingecko"), Historian: a, Have: l.have, Keep: l.keep,
		Logger: slog.New(slog.DiscardHandler),
	}
}

func TestTheLastDayOfAllTokensComesBeforeTheMonthsOfAny(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		b := backfill(t, &a, &l)
		began := time.Now()
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"bittensor 24h0m0s", "ethereum 24h0m0s", "ocean-protocol 24h0m0s",
			"bittensor 2160h0m0s", "ethereum 2160h0m0s", "ocean-protocol 2160h0m0s",
		}
		if !slices.Equal(a.asked, want) || time.Since(began) != 6*DefaultPause {
			t.Errorf("asked for %q in %s", a.asked, time.Since(began))
		}
		p := b.Progress()
		if p.Done != 6 || p.Total != 6 || p.Failed != 0 || p.Samples != 3*(288+2160) || p.Samples != len(l.samples) ||
			p.Started != began.UTC() || p.Finished.IsZero() || p.Current != "" {
			t.Errorf("%+v", p)
		}
	})
}

func TestWhatIsStoredIsNotAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		ctx, stop := context.WithCancel(t.Context())
		a.refuse = func(call int, _ layers.Listing) error {
			if call == 5 {
				stop() // killed in the middle
			}
			return nil
		}
		first := backfill(t, &a, &l)
		if err := first.Run(ctx); !errors.Is(err, context.Canceled) || first.Progress().Done != 5 {
			t.Fatalf("%v, %+v", err, first.Progress())
		}
		a.asked, a.refuse = nil, nil
		if err := backfill(t, &a, &l).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := []string{"ocean-protocol 2160h0m0s"}; !slices.Equal(a.asked, want) {
			t.Errorf("asked for %q, want %q", a.asked, want)
		}
		a.asked = nil
		if err := backfill(t, &a, &l).Run(t.Context()); err != nil || len(a.asked) != 0 {
			t.Errorf("asked for %q, %v", a.asked, err)
		}
	})
}

func TestABackfillWaitsAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		a.refuse = func(call int, _ layers.Listing) error {
			if call == 2 {
				return &Error{Kind: RateLimited, Status: 429, RetryAfter: 7 * time.Minute}
			}
			return nil
		}
		b := backfill(t, &a, &l)
		if err := b.Run(t.Context()); err != nil || b.Progress().Failed != 0 {
			t.Fatalf("%v, %+v", err, b.Progress())
		}
		if a.asked[1] != a.asked[2] || a.times[2].Sub(a.times[1]) != 7*time.Minute {
			t.Errorf("asked for %q at %v", a.asked, a.times)
		}
	})
}

func TestATokenThatFailsDoesNotStopTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		a.refuse = func(_ int, listing layers.Listing) error {
			switch listing.Token {
			case "bittensor":
				return &Error{Kind: NotFound, Status: 404}
			case "ethereum":
				panic("a decoder of ours")
			}
			return nil
		}
		b := backfill(t, &a, &l)
		err := b.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), "bittensor") || !strings.Contains(err.Error(), "ethereum") {
			t.Errorf("%v", err)
		}
		if p := b.Progress(); p.Done != 6 || p.Failed != 4 || p.Samples != 288+2160 {
			t.Errorf("%+v", p)
		}
	})
}

func TestASourceThatDoesNotWantUsIsNotAskedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		a.refuse = func(int, layers.Listing) error { return &Error{Kind: Blocked, Status: 403} }
		b := backfill(t, &a, &l)
		if err := b.Run(t.Context()); err == nil || len(a.asked) != 1 || b.Progress().Finished.IsZero() {
			t.Errorf("%d calls, %v, %+v", len(a.asked), err, b.Progress())
		}
	})
}

func TestADeadNetworkIsGivenUpAfterThreeTokens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var a archive
		var l library
		down := true
		a.refuse = func(int, layers.Listing) error {
			if down {
				return &Error{Kind: Network}
			}
			return nil
		}
		b := backfill(t, &a, &l)
		if err := b.Run(t.Context()); err == nil || len(a.asked) != 3 || !strings.HasSuffix(err.Error(), "coingecko cannot be reached") {
			t.Errorf("%d calls, %v", len(a.asked), err)
		}
		down = false
		if err := b.Run(t.Context()); err != nil || b.Progress().Samples != 3*(288+2160) {
			t.Errorf("once it is back: %v, %+v", err, b.Progress())
		}
	})
}

func TestAHistoryPassesTheGatesOfLiveQuotes(t *testing.T) {
	for name, test := range map[string]struct{ given, want string }{
		"all is well":                       {"1 1.1 1.2", "1 1.1 1.2"},
		"a bad print":                       {"1 1.1 739 1.2", "1 1.1 1.2"},
		"a bad print at the very end":       {"1 1.1 739", "1 1.1"},
		"a true leap keeps its first point": {"1 1.1 3 3.1", "1 1.1 3 3.1"},
		"a bad first print":                 {"0.1263 93.397 94", "93.397 94"}, // TAO, March 2023
		"out of range":                      {"1 0 -1 2e9 1e-13 1.1", "1 1.1"},
		"two bad prints that do not agree":  {"1 50 0.01 1.1", "1 1.1"},
		"a bad print, then a true leap":     {"1 1.1 50 3 3.1", "1 1.1 3 3.1"},
	} {
		var samples []layers.Sample
		for i, text := range strings.Fields(test.given) {
			samples = append(samples, layers.Sample{Token: "bittensor", Time: noon.Add(time.Duration(i-100) * time.Hour), Price: price(t, text)})
		}
		samples = append(samples, layers.Sample{Time: noon.Add(2 * time.Minute), Price: price(t, "1")}) // of the future
		var got []string
		for _, s := range plausible(samples, noon) {
			got = append(got, s.Price.String())
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s: %s gives %s, want %s", name, test.given, strings.Join(got, " "), test.want)
		}
	}
}
