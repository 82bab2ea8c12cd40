package storage_test

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"strata/layers"
	"strata/storage"
)

// readFields reads what stands beside the price.
func (c check) readFields(s *storage.Store, f *findings, cycles map[int]int) {
	for i := range fieldTokens {
		for field, of := range map[string]int{storage.FieldVolume: i + 100, storage.FieldMarketCap: i + 200} {
			samples := s.Read(storage.Query{Token: cycleToken(i), Field: field})
			for n := range c.token(f, asPrices(samples), cycleToken(i), of) {
				cycles[n]++
			}
		}
	}
}

// asPrices puts the one field that a sample has into the place of the price.
func asPrices(samples iter.Seq2[layers.Sample, error]) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for sample, err := range samples {
			for _, other := range []*layers.Decimal{&sample.Volume, &sample.MarketCap} {
				if sample.Price == (layers.Decimal{}) {
					sample.Price, *other = *other, sample.Price
				}
			}
			if !yield(sample, err) {
				return
			}
		}
	}
}

// barred counts the right candles of an operation.
func (c check) barred(s *storage.Store, f *findings, n int) (found int) {
	last := -1
	for got, err := range s.Candles("bars-"+strconv.Itoa(n), "kraken", time.Hour, layers.Span{}) {
		if err != nil {
			f.fault(err)
			continue
		}
		i := int(got.Open.Sub(candle(c.Base, n, 0).Open) / time.Hour)
		if i <= last || got != candle(c.Base, n, i) {
			f.wrong(got, candle(c.Base, n, i))
		} else {
			f.Right++
			found++
		}
		last = max(i, last)
	}
	return found
}

// readCoarse reads the last samples of intervals. Where nothing is damaged they are those
// of the cycles that are there, no more and no fewer.
func (c check) readCoarse(s *storage.Store, f *findings, cycles map[int]int) {
	for resolution, interval := range map[storage.Resolution]time.Duration{storage.FiveMinutes: 5 * time.Minute, storage.Hours: time.Hour} {
		want := lastOf(interval, c.Base, cycles)
		for i := range fieldTokens {
			samples := s.Read(storage.Query{Token: cycleToken(i), Resolution: resolution})
			got := slices.Collect(c.token(f, samples, cycleToken(i), i))
			if told := f.Errors + f.Missing + s.Stats().Damaged; told == 0 && !slices.Equal(got, want) {
				f.Missing++
				f.First = fmt.Sprintf("%s: last of %s %v, want %v", cycleToken(i), interval, got, want)
			}
		}
	}
}

// lastOf returns those operations that no other one follows in its interval (g-Δ, g].
func lastOf(interval time.Duration, base time.Time, cycles map[int]int) (last []int) {
	end := func(n int) time.Time { return cycleTime(base, n).Add(interval - 1).Truncate(interval) }
	for n := range cycles {
		last = append(last, n)
	}
	slices.Sort(last)
	return slices.DeleteFunc(last, func(n int) bool {
		next := n + 1
		for !isCycle(next) {
			next++
		}
		return cycles[next] > 0 && end(next).Equal(end(n))
	})
}
