package collector

import (
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// notListed is for how long no market that is listed goes without a trade.
const notListed = 2 * daily

// bring makes what a source told about the past of a chunk part of the store, and returns
// what became of the chunk. An error is that of the store.
func (b *Backfill) bring(c Chunk, past Past) ([]Chunk, error) {
	samples, candles := c.take(past, b.now())
	if past.Currency == USDT {
		rates, err := b.rates(c.Span)
		if err != nil {
			return nil, err
		}
		if samples, candles, err = rates.apply(samples, candles); err != nil {
			return []Chunk{c.failed(err)}, nil
		}
	}
	samples = plausible(samples, b.now())
	if len(samples) == 0 {
		return []Chunk{c.without(past)}, nil
	}
	stored, err := b.Keep(samples)
	if err != nil {
		return nil, fmt.Errorf("keep history of %s: %w", c.Token, err)
	}
	if candles = confirmed(candles, samples); b.KeepCandles != nil && len(candles) > 0 {
		if err := b.KeepCandles(candles); err != nil {
			return nil, fmt.Errorf("keep candles of %s: %w", c.Token, err)
		}
	}
	c.Status, c.Error, c.Samples = ChunkDone, "", c.Samples+stored
	return c.fromListing(samples[0].Time), nil
}

// fromListing splits a chunk that begins long before its first sample, because the source
// did not list the token yet: another source may have what is before.
func (c Chunk) fromListing(first time.Time) []Chunk {
	listed := first.Truncate(c.Interval)
	if c.Attempts > 1 || listed.Sub(c.Span.From) < notListed { // an earlier attempt is in the ledger as a whole
		return []Chunk{c}
	}
	before := c
	before.Status, before.Error, before.Samples = ChunkEmpty, "nothing before "+listed.UTC().Format(time.DateOnly), 0
	before.Span.To, c.Span.From = listed, listed
	return []Chunk{c, before}
}

// take picks from a past what a chunk asked for, in order of time: candles that are over,
// each with its close as a sample at its end, or samples as they are.
func (c Chunk) take(past Past, now time.Time) (samples []layers.Sample, candles []layers.Candle) {
	for _, s := range past.Samples {
		if s.Token == c.Token && !s.Time.Before(c.Span.From) && !s.Time.After(c.Span.To) {
			s.Source = c.Source
			samples = append(samples, s)
		}
	}
	for _, candle := range past.Candles {
		candle.Source, candle.Interval = c.Source, c.Interval
		if candle.Token == c.Token && c.Span.Contains(candle.Open) && !candleEnd(candle).After(now) {
			candles = append(candles, candle)
			samples = append(samples, layers.Sample{Token: c.Token, Source: c.Source, Time: candleEnd(candle), Price: candle.Close})
		}
	}
	slices.SortStableFunc(samples, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
	return samples, candles
}

// without notes that nothing usable came.
func (c Chunk) without(past Past) Chunk {
	c.Status, c.Error = ChunkEmpty, "nothing there"
	for _, m := range past.Missing {
		switch {
		case m.Token == c.Token && m.Malformed:
			return c.failed(fmt.Errorf("malformed answer: %s", m.Reason))
		case m.Token == c.Token:
			c.Error = clip(m.Reason)
		}
	}
	return c
}

// confirmed returns the candles whose close is among the samples and of which nothing else
// is absurd either.
func confirmed(candles []layers.Candle, samples []layers.Sample) []layers.Candle {
	times := make(map[int64]bool, len(samples))
	for _, s := range samples {
		times[s.Time.UnixNano()] = true
	}
	return slices.DeleteFunc(candles, func(c layers.Candle) bool {
		return !times[candleEnd(c).UnixNano()] || !inRange(c.OpenPrice) || !inRange(c.High) || !inRange(c.Low) || c.Volume.Coefficient < 0
	})
}

// candleEnd is when a candle is over, and its close is known.
func candleEnd(c layers.Candle) time.Time { return c.Open.Add(c.Interval) }
