package metricstest

import (
	"iter"
	"time"

	"strata/layers"
)

// History is a past that is held in memory: by token, ordered by time.
type History map[string][]layers.Sample

// Samples yields the samples of a token in a span.
func (h History) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for _, s := range h[token] {
			if span.Contains(s.Time) && !yield(s, nil) {
				return
			}
		}
	}
}

// Zigzag is a past of two tokens over 30 hours up to the last full hour before now:
// every five minutes a price of coingecko, 100 dollars in the first half of each hour
// and 101 in the second. Each 30-minute return is thus ±ln 1.01 and the volatility of
// the index is sqrt(17,520)·ln 1.01. Of bittensor kraken has a price as well, two
// percent higher.
func Zigzag() History {
	h := History{}
	end := Now().Truncate(time.Hour)
	for at := end.Add(-30 * time.Hour); !at.After(end); at = at.Add(5 * time.Minute) {
		price := int64(100)
		if at.Minute() >= 30 {
			price = 101
		}
		for _, token := range []string{"bittensor", "golem"} {
			h[token] = append(h[token], layers.Sample{Token: token, Source: "coingecko", Time: at, Price: dollars(price, 0)})
		}
		h["bittensor"] = append(h["bittensor"], layers.Sample{Token: "bittensor", Source: "kraken", Time: at, Price: dollars(price*102, -2)})
	}
	return h
}
