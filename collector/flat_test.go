package collector_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"strata/collector"
	"strata/layers"
	"strata/layers/risk"
)

// venue quotes one price for ever, in the cycles in which it is there.
type venue struct {
	name   string
	price  layers.Decimal
	absent []int // in turn; 0 when it is
	cycle  int
}

func (v *venue) Name() string     { return v.name }
func (v *venue) Requests() uint64 { return uint64(v.cycle) }

func (v *venue) Latest(_ context.Context, listings []layers.Listing) (answer collector.Answer, _ error) {
	v.cycle++
	if v.absent[v.cycle%len(v.absent)] == 0 {
		return answer, nil
	}
	for _, l := range listings {
		answer.Quotes = append(answer.Quotes, collector.Quote{Token: l.Token, Price: v.price})
	}
	return answer, nil
}

// Sources that join and leave and stand 30 bp apart: an average over them would move at
// every change, by a volatility of tens of percents a year. Nothing moved.
func TestAFlatPriceThroughSourcesThatComeAndGoHasNoVolatility(t *testing.T) {
	known := 0
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(rt, "sources")
		var venues []*venue
		var names []string
		for i := range n {
			v := &venue{name: fmt.Sprintf("venue%d", i), price: layers.Decimal{Coefficient: 100_000 + rapid.Int64Range(0, 300).Draw(rt, "apart"), Exponent: -3}}
			v.absent = rapid.SliceOfN(rapid.IntRange(0, 4), 5, 40).Draw(rt, "absent")
			venues, names = append(venues, v), append(names, v.name)
		}
		synctest.Test(t, func(t *testing.T) {
			engine := collectDay(t, venues, names)
			for _, token := range engine.Snapshot(time.Now()).Tokens {
				if v := token.Volatility; v.Known && v.Value != 0 {
					rt.Errorf("%s over %s: %g", token.Token, token.Window.Name, v.Value)
				} else if v.Known {
					known++
				}
			}
		})
	})
	if known == 0 {
		t.Error("no volatility was ever told, so nothing was tested")
	}
}

// collectDay runs a day of cycles, one every five minutes.
func collectDay(t *testing.T, venues []*venue, names []string) *risk.Engine {
	// Pegged, for a price of any other token that stands for an hour is not believed.
	catalogue, err := layers.Parse("flat.yaml", []byte(strings.NewReplacer(`
      - {source: coingecko, symbol: bittensor}
      - {source: kraken, symbol: TAO/USD}
      - {source: coinbase, symbol: TAO-USD}`, listingsOf(names), "name: Bittensor", "name: Bittensor\n    pegged: true").Replace(threeSources)))
	if err != nil {
		t.Fatal(err)
	}
	engine := risk.NewEngine(catalogue)
	schedule, err := collector.ParseSchedule("*/5 * * * *")
	if err != nil {
		t.Fatal(err)
	}
	opts := collector.Options{
		Catalogue: catalogue, Schedule: schedule, Logger: slog.New(slog.DiscardHandler),
		Keep: func(_ time.Time, samples []layers.Sample, _ []byte) error { engine.Observe(samples...); return nil },
	}
	for _, v := range venues {
		opts.Sources = append(opts.Sources, v)
	}
	c, err := collector.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	for range 25 * 12 {
		<-time.After(5 * time.Minute)
		c.Collect(t.Context())
	}
	return engine
}

func listingsOf(names []string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "\n      - {source: %s, symbol: TAO}", name)
	}
	return b.String()
}
