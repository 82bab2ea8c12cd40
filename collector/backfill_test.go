package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

func TestTheLastDayOfAllTokensComesBeforeTheMonthOfAnyAndTheYearComesLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
		b := backfill(t, p, a)
		b.Days = 100
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		// 70 days are 1,680 hours: two calls, the newer one first.
		want := `bittensor 5m0s of 24h0m0s
ethereum 5m0s of 24h0m0s
ocean-protocol 5m0s of 24h0m0s
bittensor 1h0m0s of 697h0m0s
ethereum 1h0m0s of 697h0m0s
ocean-protocol 1h0m0s of 697h0m0s
bittensor 1h0m0s of 1000h0m0s
bittensor 1h0m0s of 680h0m0s
ethereum 1h0m0s of 1000h0m0s
ethereum 1h0m0s of 680h0m0s
ocean-protocol 1h0m0s of 1000h0m0s
ocean-protocol 1h0m0s of 680h0m0s`
		if got := lines(a.requests); got != want {
			t.Errorf("asked for\n%s", got)
		}
		// An hour of the month's stretch lies in that of the day: 12 closes, one of them shared.
		progress := b.Progress()
		if progress.Done != 12 || progress.Total != 12 || progress.Failed != 0 || progress.Samples != 3*(288+99*24) ||
			progress.Started.IsZero() || progress.Finished.IsZero() || progress.Current != "" || progress.Chunks[ChunkDone] != 12 {
			t.Errorf("%+v", progress)
		}
	})
}

func TestABackfillThatWasKilledGoesOnWhereItWas(t *testing.T) {
	for after := 1; after < 12; after++ {
		synctest.Test(t, func(t *testing.T) {
			a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
			ctx, kill := context.WithCancel(t.Context())
			p.after = func(saved int) {
				if saved == after {
					kill()
				}
			}
			first := backfill(t, p, a)
			first.Days = 100
			if err := first.Run(ctx); !errors.Is(err, context.Canceled) || first.Progress().Done != after {
				t.Fatalf("killed after %d: %v, %+v", after, err, first.Progress())
			}
			p.after = nil
			again := backfill(t, p, a)
			again.Days = 100
			if err := again.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
			if asked := lines(a.requests); len(a.requests) != 12 {
				t.Errorf("killed after %d chunks, asked for\n%s", after, asked)
			}
			if err := again.Run(t.Context()); err != nil || len(a.requests) != 12 {
				t.Errorf("asked for %d chunks when nothing was missing: %v", len(a.requests)-12, err)
			}
		})
	}
}

func TestOneSourceIsAskedForATokenAndAnotherOnlyForWhatItDoesNotReach(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near := &archive{fake: fake{name: "kraken"}, reaches: latestOnly(720)}
		far := &archive{fake: fake{name: "coingecko"}, reaches: []Reach{{Interval: time.Hour, Call: 90 * day, Back: year, Batch: 1}}, samples: true}
		p := &pastOf{}
		b := backfill(t, p, near, far)
		elapse(7*day + 1234*time.Second)
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(near.requests) != 6 || len(far.requests) != 3*4 {
			t.Errorf("asked for\n%s\nand for\n%s", lines(near.requests), lines(far.requests))
		}
		// Where one source has hourly stamps the other has none.
		newest, oldest := time.Time{}, time.Now()
		for _, s := range p.samples["bittensor"] {
			if s.Source == "coingecko" {
				newest = s.Time
			} else if s.Time.Before(oldest) {
				oldest = s.Time
			}
		}
		if newest.After(oldest) {
			t.Errorf("the one ends %s and the other begins %s", newest, oldest)
		}
		if err := b.Run(t.Context()); err != nil || len(near.requests)+len(far.requests) != 18 {
			t.Errorf("asked again: %v", err)
		}
	})
}

func TestATokenThatASourceDoesNotKnowFallsToTheNext(t *testing.T) {
	for name, refuse := range map[string]func(int, request) error{
		"a dead id": func(_ int, r request) error {
			if r.tokens == "bittensor" {
				return &Error{Kind: NotFound, Status: 404}
			}
			return nil
		},
		"a decoder of ours": func(_ int, r request) error {
			if r.tokens == "bittensor" {
				panic("index out of range")
			}
			return nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			first := &archive{fake: fake{name: "gate"}, reaches: deep(1000), refuse: refuse}
			second := &archive{fake: fake{name: "okx"}, reaches: deep(300)}
			p := &pastOf{}
			b := backfill(t, p, first, second)
			b.Days = 30
			for range 2 * maxAttempts {
				_ = b.Run(t.Context()) // chunks that failed are an error until they are given up
				p.live(time.Hour)
			}
			if err := b.Run(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			others := slices.ContainsFunc(second.requests, func(r request) bool { return r.tokens != "bittensor" })
			if others || len(second.requests) == 0 || len(p.samples["bittensor"]) < 29*24+276 {
				t.Errorf("%s: %d samples from\n%s", name, len(p.samples["bittensor"]), lines(second.requests))
			}
		})
	}
}

func TestWhatIsOlderThanAListingFallsToTheNextSourceOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		elapse(year)
		first := &archive{fake: fake{name: "coinbase"}, reaches: deep(300), since: time.Now().Add(-50 * day)}
		second := &archive{fake: fake{name: "gate"}, reaches: deep(1000), since: time.Now().Add(-80 * day)}
		p := &pastOf{}
		b := backfill(t, p, first, second)
		b.Days = 100
		for range 3 {
			if err := b.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		last := p.samples["bittensor"][0]
		for _, s := range p.samples["bittensor"] {
			if s.Time.Sub(last.Time) > 2*time.Hour {
				t.Errorf("nothing from %s to %s, where one source ends and the other begins", last.Time, s.Time)
			}
			last = s
		}
		oldest := p.samples["bittensor"][0]
		if oldest.Source != "gate" || time.Since(oldest.Time) < 79*day {
			t.Errorf("the past begins with %v", oldest)
		}
		seen := make(map[string]bool)
		for _, r := range slices.Concat(first.requests, second.requests) {
			if key := fmt.Sprint(r.tokens, r.span, r.interval, r.at); seen[key] {
				t.Errorf("asked twice for %s", r)
			}
		}
	})
}

// Binance listed Render as RNDR until 22 July 2024, and as RENDER from 26 July on.
func TestTheTimeBeforeARenamingIsAskedForByTheOldName(t *testing.T) {
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	date := func(month time.Month, day int) time.Time { return time.Date(2024, month, day, 0, 0, 0, 0, time.UTC) }
	synctest.Test(t, func(t *testing.T) {
		elapse(time.Until(date(time.August, 10)))
		a := &archive{fake: fake{name: "binance"}, reaches: deep(1000)}
		b := backfillOf(catalogue, &pastOf{}, a)
		b.Days, b.Token = 60, "render"
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var before, after time.Duration
		for _, r := range a.requests {
			switch {
			case r.symbol == "RNDRUSDT" && !r.span.To.After(date(time.July, 22)):
				before += r.span.To.Sub(r.span.From)
			case r.symbol == "RENDERUSDT" && !r.span.From.Before(date(time.July, 26)):
				after += r.span.To.Sub(r.span.From)
			default:
				t.Errorf("asked for %s from %s to %s", r.symbol, r.span.From, r.span.To)
			}
		}
		if before != 41*day || after != 15*day+time.Hour { // the stretches share an hour
			t.Errorf("%s by the old name, %s by the new one", before, after)
		}
	})
}

func TestTokensOfOneSpanAreAskedForTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archive{fake: fake{name: "defillama"}, reaches: []Reach{{Interval: time.Hour, Call: 500 * time.Hour, Batch: 2}}, samples: true}
		b := backfill(t, &pastOf{}, a)
		b.Days = 1
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := lines(a.requests); got != "bittensor+ethereum 1h0m0s of 24h0m0s\nocean-protocol 1h0m0s of 24h0m0s" {
			t.Errorf("asked for\n%s", got)
		}
	})
}

func TestANightAsleepIsFoundAndFilledAndLiveSamplesStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
		b := backfill(t, p, a)
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := len(a.requests)
		p.live(4 * time.Hour)
		elapse(8 * time.Hour)
		p.live(8 * time.Hour)
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := lines(a.requests[before:]); got != "bittensor 5m0s of 8h0m0s\nethereum 5m0s of 8h0m0s\nocean-protocol 5m0s of 8h0m0s" {
			t.Errorf("asked for\n%s", got)
		}
		night := 0
		for _, s := range p.samples["bittensor"] {
			if since := time.Since(s.Time); since < 20*time.Hour && s.Price != livePrice {
				if night++; since <= 8*time.Hour-5*time.Minute || since > 16*time.Hour {
					t.Errorf("%s is not live", s.Time)
				}
			}
		}
		if night < 95 || night > 96 {
			t.Errorf("%d closes of the night, want 96 or one less where it ends", night)
		}
	})
}

func TestAThinMarketIsNotAskedForItsHolesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		elapse(10 * day)
		a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
		b := backfill(t, p, a)
		b.Days = 30
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		before := len(a.requests)
		for token := range p.samples {
			p.drop(token, layers.Span{From: time.Now().Add(-20 * time.Hour), To: time.Now().Add(-2 * time.Hour)})
			p.drop(token, layers.Span{From: time.Now().Add(-20 * day), To: time.Now().Add(-10 * day)})
		}
		if err := b.Run(t.Context()); err != nil || len(a.requests) != before {
			t.Errorf("asked for\n%s", lines(a.requests[before:]))
		}
	})
}

func TestAnExactAnswerOfACandleIsItsCloseAtItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		elapse(90 * time.Second)
		p := &pastOf{}
		a := &archive{fake: fake{name: "gate"}, reaches: deep(1000), price: func(_ string, at time.Time) layers.Decimal {
			return layers.Decimal{Coefficient: at.Unix()%86400/300%40 + 100}
		}}
		b := backfill(t, p, a)
		b.Days = 1
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, s := range p.samples["bittensor"] {
			if s.Time.After(time.Now()) || s.Time.Truncate(5*time.Minute) != s.Time || s.Price != a.price("", s.Time) {
				t.Errorf("%+v", s)
			}
		}
		for _, c := range p.candles {
			if c.Open.Add(c.Interval).After(time.Now()) || c.Source != "gate" || c.Interval != 5*time.Minute {
				t.Errorf("%+v", c)
			}
		}
		if len(p.candles) != 3*288 {
			t.Errorf("%d candles", len(p.candles))
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

func TestABackfillCanBeLimitedToATokenAndASource(t *testing.T) {
	for _, c := range []struct {
		token, source string
		calls         [2]int // of the first and the second source
	}{
		{"", "", [2]int{6, 0}}, {"ethereum", "", [2]int{2, 0}}, {"", "okx", [2]int{0, 12}}, {"ethereum", "okx", [2]int{0, 4}},
	} {
		synctest.Test(t, func(t *testing.T) {
			first, second := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &archive{fake: fake{name: "okx"}, reaches: deep(300)}
			b := backfill(t, &pastOf{}, first, second)
			b.Days, b.Token, b.Source = 30, c.token, c.source
			if err := b.Run(t.Context()); err != nil || [2]int{len(first.requests), len(second.requests)} != c.calls {
				t.Errorf("%+v: %d and %d calls, %v", c, len(first.requests), len(second.requests), err)
			}
		})
	}
}
