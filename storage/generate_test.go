package storage

import (
	"math"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

// genTime favours collisions, neighbourhood and edges over the whole range.
func genTime() *rapid.Generator[time.Time] {
	steady := rapid.Map(rapid.IntRange(-90, 600), func(i int) time.Time { return midnight.Add(time.Duration(i) * time.Minute) })
	near := rapid.Map(rapid.Int64Range(-3*dayMillis, 3*dayMillis), func(ms int64) time.Time { return midnight.Add(time.Duration(ms) * time.Millisecond) })
	fine := rapid.Map(rapid.Int64Range(0, 5e6), func(ns int64) time.Time { return midnight.Add(time.Duration(ns)) })
	far := rapid.Map(rapid.Int64Range(0, maxMillis-1), time.UnixMilli)
	return rapid.OneOf(steady, steady, steady, near, fine, far)
}

func genPrice() *rapid.Generator[layers.Decimal] {
	tick := rapid.Map(rapid.Int64Range(6900, 7100), func(c int64) layers.Decimal { return layers.Decimal{Coefficient: c, Exponent: -4} })
	any := rapid.Custom(func(t *rapid.T) layers.Decimal {
		return layers.Decimal{Coefficient: rapid.Int64Range(1, math.MaxInt64).Draw(t, "coefficient"), Exponent: rapid.Int8().Draw(t, "exponent")}
	})
	edge := rapid.SampledFrom([]layers.Decimal{{Coefficient: 1, Exponent: -128}, {Coefficient: math.MaxInt64, Exponent: 127}, {Coefficient: math.MaxInt64, Exponent: -128}, {Coefficient: 1}})
	return rapid.OneOf(tick, tick, any, edge)
}

func genPriceSample() *rapid.Generator[layers.Sample] {
	return rapid.Custom(func(t *rapid.T) layers.Sample {
		return layers.Sample{
			Token:  rapid.SampledFrom([]string{"bittensor", "ocean-protocol"}).Draw(t, "token"),
			Source: rapid.SampledFrom([]string{"coingecko", "gate", "kraken"}).Draw(t, "source"),
			Time:   genTime().Draw(t, "time"),
			Price:  genPrice().Draw(t, "price"),
		}
	})
}

func genSample() *rapid.Generator[layers.Sample] {
	return rapid.Custom(func(t *rapid.T) layers.Sample {
		s := genPriceSample().Draw(t, "sample")
		if rapid.Bool().Draw(t, "has volume") {
			s.Volume = genPrice().Draw(t, "volume")
		}
		if rapid.Bool().Draw(t, "has market cap") {
			s.MarketCap = genPrice().Draw(t, "market cap")
		}
		return s
	})
}

// genCorrection makes samples that may lack their price.
func genCorrection() *rapid.Generator[layers.Sample] {
	return rapid.Map(genSample(), func(s layers.Sample) layers.Sample {
		if s.Volume.IsPositive() && s.Time.UnixMilli()%3 == 0 {
			s.Price = layers.Decimal{}
		}
		return s
	})
}

func genSpan() *rapid.Generator[layers.Span] {
	return rapid.Custom(func(t *rapid.T) (span layers.Span) {
		if rapid.Bool().Draw(t, "has from") {
			span.From = genTime().Draw(t, "from")
		}
		if rapid.Bool().Draw(t, "has to") {
			span.To = genTime().Draw(t, "to")
		}
		return span
	})
}
