package collector

import (
	"iter"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"strata/layers"
	"strata/layers/risk"
)

// Samples makes a library a history for the numbers of the layers.
func (l *library) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return l.have(token, 0, span)
}

// wave is a market that moves by a few percent in hours and less in minutes, each token
// in its own phase.
func wave(token string, at time.Time) layers.Decimal {
	phase, hours := 0.0, float64(at.Unix())/3600
	for i, letter := range token {
		phase += float64(letter) * float64(i+1)
	}
	move := 0.05*math.Sin(hours/7+phase) + 0.01*math.Sin(hours*3+2*phase)
	return layers.Decimal{Coefficient: int64(1e6 * math.Exp(move)), Exponent: -4}
}

// What every source grants a backfill without a key, half of its documented limit, and
// no call in less than a third of a second.
func theSources() []*archive {
	const roundTrip = time.Second / 3
	return []*archive{
		{fake: fake{name: "coinbase"}, reaches: deep(300), pace: roundTrip, price: wave},
		{fake: fake{name: "gate"}, reaches: deep(1000), pace: roundTrip, price: wave, currency: USDT},
		{fake: fake{name: "kucoin"}, reaches: deep(1500), pace: roundTrip, price: wave, currency: USDT},
		{fake: fake{name: "okx"}, reaches: deep(100), pace: roundTrip, price: wave, currency: USDT},
		{fake: fake{name: "binance"}, reaches: deep(1000), pace: roundTrip, price: wave, currency: USDT},
		{fake: fake{name: "kraken"}, reaches: latestOnly(720), pace: 2 * time.Second, price: wave},
		{fake: fake{name: "coingecko"}, pace: 12 * time.Second, price: wave, samples: true, reaches: []Reach{
			{Interval: 5 * time.Minute, Call: day, Back: day, Batch: 1},
			{Interval: time.Hour, Call: 90 * day, Back: year, Batch: 1},
		}},
	}
}

func TestTwoMinutesAfterAFirstStartAllLayersHaveAllNumbers(t *testing.T) {
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		elapse(time.Until(time.Date(2026, 11, 22, 10, 7, 31, 0, time.UTC)))
		p := &pastOf{}
		b := backfillOf(catalogue, p, theSources()...)
		b.Days = 30
		done := make(chan error, 1)
		go func() { done <- b.Run(t.Context()) }()
		elapse(2 * time.Minute)
		snapshot, err := risk.Compute(t.Context(), catalogue, &p.library, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, layer := range catalogue.Layers() {
			for _, window := range []string{"24h", "7d", "30d"} {
				if l, ok := snapshot.Layer(layer.Slug, window); !ok || !l.Volatility.Known {
					t.Errorf("%s over %s: %s", layer.Slug, window, l.Volatility.Reason)
				}
			}
		}
		at := b.Progress()
		if err := <-done; err != nil {
			t.Error(err)
		}
		t.Logf("after two minutes %d of %d chunks, all after %s: %v",
			at.Done, at.Total, b.Progress().Finished.Sub(b.Progress().Started), b.Progress().Chunks)
	})
}
