package collector

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
)

func TestABackfillWaitsAsLongAsItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
		a.refuse = func(n int, _ request) error {
			if n == 2 {
				return &Error{Kind: RateLimited, Status: 429, RetryAfter: 7 * time.Minute}
			}
			return nil
		}
		b := backfill(t, p, a)
		if err := b.Run(t.Context()); err != nil || b.Progress().Failed != 0 {
			t.Fatalf("%v, %+v", err, b.Progress())
		}
		if asked := a.requests; asked[1].String() != asked[2].String() || asked[2].at.Sub(asked[1].at) != 7*time.Minute {
			t.Errorf("asked for %v", asked[1:3])
		}
	})
}

func TestAChunkThatKeepsFailingIsAskedForLessOftenAndGivenUpWithTheReason(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, p := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &pastOf{}
		a.refuse = func(_ int, r request) error {
			if r.tokens == "ethereum" && r.interval == 5*time.Minute {
				return &Error{Kind: BadAnswer, Detail: "price is a list"}
			}
			return nil
		}
		b := backfill(t, p, a)
		b.Days = 1
		var tried []time.Duration
		began := time.Now()
		for time.Since(began) < 2*time.Hour {
			before := len(a.requests)
			err := b.Run(t.Context())
			if given := p.counts("gate") == "[done:3 given_up:1]"; (err != nil) == given && len(a.requests) > before {
				t.Errorf("after %s: %v, %s", time.Since(began), err, p.counts("gate"))
			}
			if len(a.requests) > before {
				tried = append(tried, time.Since(began))
			}
			p.live(time.Minute)
		}
		want := []time.Duration{0, time.Minute, 3 * time.Minute, 7 * time.Minute, 15 * time.Minute}
		if len(tried) != len(want) || tried[4] != want[4] || tried[3] != want[3] {
			t.Errorf("asked at %v, want %v", tried, want)
		}
		given := p.chunks[1] // the same hours were then asked for at an hour's interval
		if given.Token != "ethereum" || given.Attempts != maxAttempts || !strings.Contains(given.Error, "price is a list") {
			t.Errorf("%+v", given)
		}
		a.refuse = nil
		once := backfill(t, p, a)
		once.Days, once.Again = 1, true
		if err := once.Run(t.Context()); err != nil || p.counts("gate") != "[done:4]" {
			t.Errorf("asked again by hand: %v, %s", err, p.counts("gate"))
		}
	})
}

func TestADeadNetworkCostsThreeCallsASourceAndNothingIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &archive{fake: fake{name: "okx"}, reaches: deep(300)}
		p, down := &pastOf{}, true
		refuse := func(int, request) error {
			if down {
				return &Error{Kind: Network, Detail: "no route to host"}
			}
			return nil
		}
		a.refuse, c.refuse = refuse, refuse
		b := backfill(t, p, a, c)
		for range 20 {
			before := len(a.requests)
			if err := b.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "cannot be reached") {
				t.Fatal(err)
			}
			if n := len(a.requests) - before; n > 3 {
				t.Fatalf("%d calls into a dead network", n)
			}
			elapse(15 * time.Minute)
		}
		down = false
		elapse(6 * time.Hour)
		if err := b.Run(t.Context()); err != nil || strings.Contains(p.counts("gate")+p.counts("okx"), "given_up") {
			t.Errorf("once it is back: %v, %s %s", err, p.counts("gate"), p.counts("okx"))
		}
		if err := b.Run(t.Context()); err != nil || len(p.samples["bittensor"]) < 364*24 {
			t.Errorf("%d samples, %v", len(p.samples["bittensor"]), err)
		}
	})
}

func TestWhenTheNetworkIsBackEverythingIsAskedForAtOnceButOfWhoRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &archive{fake: fake{name: "okx"}, reaches: deep(300)}
		kind := Network
		a.refuse = func(int, request) error {
			if kind == "" {
				return nil
			}
			return &Error{Kind: kind, Detail: "no route to host"}
		}
		c.refuse = func(int, request) error { return &Error{Kind: Blocked, Status: 451} }
		p := &pastOf{}
		b := backfill(t, p, a, c)
		for range 8 { // enough for hours of rest
			if err := b.Run(t.Context()); err == nil {
				t.Fatal("nobody noticed")
			}
			elapse(15 * time.Minute)
		}
		_ = b.Run(t.Context())
		kind = ""
		b.Revive()
		if err := b.Run(t.Context()); err != nil || len(p.samples["bittensor"]) < 364*24 || len(c.requests) != 1 {
			t.Errorf("%d samples, %d calls to who refuses, %v", len(p.samples["bittensor"]), len(c.requests), err)
		}
	})
}

func TestASourceThatDoesNotWantUsIsLeftAloneForHoursAndTheOthersTakeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := &archive{fake: fake{name: "binance"}, reaches: deep(1000)}, &archive{fake: fake{name: "okx"}, reaches: deep(300)}
		a.refuse = func(int, request) error { return &Error{Kind: Blocked, Status: 451} }
		p := &pastOf{}
		b := backfill(t, p, a, c)
		b.Days = 30
		for range 5 {
			_ = b.Run(t.Context())
			elapse(time.Hour)
		}
		if len(a.requests) != 1 || len(p.samples["ocean-protocol"]) < 29*24+276 {
			t.Errorf("%d calls, %d samples", len(a.requests), len(p.samples["ocean-protocol"]))
		}
	})
}

func TestAStoreThatCannotKeepAnythingEndsTheBackfill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}
		p := &pastOf{}
		p.err = errors.New("disk is full")
		b := backfill(t, p, a)
		if err := b.Run(t.Context()); !errors.Is(err, p.err) || len(a.requests) != 1 || len(p.chunks) != 0 {
			t.Errorf("%v after %d calls, %d chunks", err, len(a.requests), len(p.chunks))
		}
	})
}

// marketOfTether is a catalogue of a token in Tether at one exchange and Tether at another.
func marketOfTether(t *testing.T) *layers.Catalogue {
	t.Helper()
	c, err := layers.Parse("test.yaml", []byte(`version: "2026-06-24"
layers:
  - slug: infrastructure
    order: 1
    name: {en: Infrastructure}
    subcategories: [{slug: training, name: {en: Training}}]
tokens:
  - slug: bittensor
    name: Bittensor
    symbols: [{symbol: TAO}]
    memberships: [{layer: infrastructure, subcategory: training, role: primary, weight: 1}]
    listings: [{source: gate, symbol: TAO_USDT}]
  - slug: tether
    name: Tether
    pegged: true
    benchmark: true
    symbols: [{symbol: USDT}]
    listings: [{source: kraken, symbol: USDT/USD}]
`))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPricesInTetherBecomeDollarsThroughItsPriceAtTheTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		elapse(10 * day)
		depeg := time.Now().Add(-12 * time.Hour)
		dollars := &archive{fake: fake{name: "kraken"}, reaches: latestOnly(720), pace: time.Second, price: func(_ string, at time.Time) layers.Decimal {
			if at.Before(depeg) {
				return layers.Decimal{Coefficient: 10002, Exponent: -4}
			}
			return layers.Decimal{Coefficient: 97, Exponent: -2}
		}}
		tethers := &archive{fake: fake{name: "gate"}, reaches: deep(1000), currency: USDT, price: func(string, time.Time) layers.Decimal {
			return layers.Decimal{Coefficient: 21579490001, Exponent: -8}
		}}
		p := &pastOf{}
		if err := backfillOf(marketOfTether(t), p, dollars, tethers).Run(t.Context()); !strings.Contains(fmt.Sprint(err), "no tether price") {
			t.Error("a year of Tether is not there and nobody says so")
		}
		counts := make(map[string]int)
		for _, s := range p.samples["bittensor"] {
			counts[s.Price.String()]++
			if want := map[bool]string{true: "215.83806", false: "209.32105"}[s.Time.Before(depeg)]; s.Price.String() != want {
				t.Errorf("%s at %s, want %s", s.Price, s.Time, want)
			}
		}
		if counts["215.83806"] < 600 || counts["209.32105"] != 145 {
			t.Errorf("%v", counts)
		}
		for _, c := range p.candles {
			if c.Token == "bittensor" && c.Close != c.High || c.Close == (layers.Decimal{Coefficient: 21579490001, Exponent: -8}) {
				t.Errorf("a candle in Tether: %+v", c)
			}
		}
		failed := 0
		for _, c := range p.chunks {
			if c.Status == ChunkFailed && strings.HasPrefix(c.Error, "no tether price at ") {
				failed++
			}
		}
		if failed == 0 {
			t.Errorf("%+v", p.chunks)
		}
	})
}

func TestThePriceOfTetherIsThatKnownAtTheTimeAndNotTooOld(t *testing.T) {
	r := rates{{Time: noon, Price: price(t, "1")}, {Time: noon.Add(time.Hour), Price: price(t, "0.9")}}
	for offset, want := range map[time.Duration]string{
		-time.Second: "", 0: "1", time.Hour - 1: "1", time.Hour: "0.9", 4 * time.Hour: "0.9", 4*time.Hour + 1: "",
	} {
		got, err := r.at(noon.Add(offset))
		if (err == nil) != (want != "") || err == nil && got.String() != want {
			t.Errorf("%s after noon: %s, %v, want %q", offset, got, err, want)
		}
	}
}

func TestTheHistoryOfAnotherCoinIsFoundByASecondSource(t *testing.T) {
	for _, c := range []struct {
		off    int64 // price of the second source, of 100,000
		status ChunkStatus
		found  string
	}{
		{100_020, ChunkAgrees, "0.02 % apart in the median"},
		{104_000, ChunkAgrees, "4.00 % apart in the median"},
		{250_000, ChunkDiffers, "150.00 % apart in the median of 24, 150.00 % at worst: another coin?"},
	} {
		synctest.Test(t, func(t *testing.T) {
			first := &archive{fake: fake{name: "gate"}, reaches: deep(1000), price: func(string, time.Time) layers.Decimal {
				return layers.Decimal{Coefficient: 100_000, Exponent: -5}
			}}
			second := &archive{fake: fake{name: "coingecko"}, reaches: deep(1000), samples: true, price: func(string, time.Time) layers.Decimal {
				return layers.Decimal{Coefficient: c.off, Exponent: -5}
			}}
			p := &pastOf{}
			b := backfill(t, p, first, second)
			b.Days = 30
			for range 2 {
				if err := errors.Join(b.Run(t.Context()), b.Compare(t.Context())); err != nil {
					t.Fatal(err)
				}
			}
			if len(second.requests) != 3 || b.Progress().Chunks[c.status] != 3 {
				t.Errorf("%d calls, %v", len(second.requests), b.Progress().Chunks)
			}
			for _, chunk := range p.chunks {
				if chunk.Source == "coingecko" && (chunk.Status != c.status || !strings.HasPrefix(chunk.Error, c.found)) {
					t.Errorf("%+v", chunk)
				}
			}
			if n := len(p.samples["bittensor"]); n != 288+29*24 {
				t.Errorf("a comparison stored samples: %d", n)
			}
		})
	}
}

func TestASourceIsAskedOnceByANameThatItDoesNotKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := &archive{fake: fake{name: "gate"}, reaches: deep(1000), refuse: func(_ int, r request) error {
			if r.tokens == "bittensor" {
				return &Error{Kind: NotFound, Status: 404}
			}
			return nil
		}}
		second := &archive{fake: fake{name: "okx"}, reaches: deep(1000)}
		p := &pastOf{}
		b := backfill(t, p, first, second)
		b.Days = 100
		for range 2 {
			if err := b.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		asked := slices.DeleteFunc(slices.Clone(first.requests), func(r request) bool { return r.tokens != "bittensor" })
		if len(asked) != 1 || p.counts("gate") != "[done:8 given_up:4]" || p.counts("okx") != "[done:4]" {
			t.Errorf("asked for\n%s\ngate %s, okx %s", lines(asked), p.counts("gate"), p.counts("okx"))
		}
		if at := b.Progress(); at.Done != at.Total {
			t.Errorf("%+v", at)
		}
	})
}

// A second source that answers in a minute takes three for three tokens. Gaps that come up
// meanwhile do not wait for it, and what was not compared is compared after them.
func TestLookingForGapsDoesNotWaitForAComparison(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}
		second := &archive{fake: fake{name: "coingecko"}, reaches: deep(1000)[1:], pace: time.Minute}
		p := &pastOf{}
		b := backfill(t, p, first, second)
		b.Days = 30
		if err := b.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		elapse(8 * time.Hour)
		compared := make(chan error, 1)
		go func() { compared <- b.Compare(t.Context()) }()
		elapse(90 * time.Second) // the second of three calls is under way
		before, began := len(first.requests), time.Now()
		if err := b.Run(t.Context()); err != nil || time.Since(began) > time.Second || len(first.requests) != before+3 {
			t.Errorf("after %s with %d calls: %v", time.Since(began), len(first.requests)-before, err)
		}
		if err := <-compared; err != nil || b.Progress().Chunks[ChunkAgrees] != 1 {
			t.Errorf("%v, %v", err, b.Progress().Chunks)
		}
		if err := b.Compare(t.Context()); err != nil || b.Progress().Chunks[ChunkAgrees] != 3 {
			t.Errorf("%v, %v", err, b.Progress().Chunks)
		}
	})
}

func TestWhatAnotherSourceBroughtIsNoFailureAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, c := &archive{fake: fake{name: "gate"}, reaches: deep(1000)}, &archive{fake: fake{name: "okx"}, reaches: deep(300)}
		a.refuse = func(int, request) error { return &Error{Kind: Unavailable, Status: 503} }
		p := &pastOf{}
		b := backfill(t, p, a, c)
		b.Days = 30
		if err := b.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "backfill from gate: it cannot be reached") {
			t.Error(err)
		}
		if p.counts("gate") != "[empty:3]" || p.counts("okx") != "[done:12]" || b.Progress().Chunks[ChunkFailed] != 0 {
			t.Errorf("gate %s, okx %s", p.counts("gate"), p.counts("okx"))
		}
		elapse(5 * time.Minute)
		if err := b.Run(t.Context()); err != nil || len(a.requests) != 3 {
			t.Errorf("%v, %d calls", err, len(a.requests))
		}
	})
}
