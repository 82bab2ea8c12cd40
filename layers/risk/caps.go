package risk

import (
	"context"
	"fmt"
	"iter"
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// CapHistory is a [History] that knows what tokens were worth as a whole too. Of one
// that does not, the numbers weighted by it are withheld.
type CapHistory interface {
	History
	// MarketCaps yields the market caps that the sources told of a token in a span, in the
	// order of Samples, at least the last of every hour (g-1h, g]. It ends after the first
	// error it yields.
	MarketCaps(token string, span layers.Span) iter.Seq2[layers.Sample, error]
}

const (
	capStep = 24 * time.Hour
	// capReach is how far before a window its market caps may stand: a day back from the
	// midnight before its first step.
	capReach    = 3 * capStep
	capCapacity = int((30*24*time.Hour+capReach)/capStep) + 1
)

// caps is what each source says each token is worth as a whole, by the day: by token,
// then by source.
type caps map[string]map[string]*ring

// add takes in the market cap of a sample, if it has one.
func (c caps) add(s layers.Sample) {
	ms := s.Time.UnixMilli()
	if ms <= 0 || !s.MarketCap.IsPositive() {
		return
	}
	if c[s.Token] == nil {
		c[s.Token] = map[string]*ring{}
	}
	of := c[s.Token][s.Source]
	if of == nil {
		of = newRing(capStep.Milliseconds(), capCapacity)
		c[s.Token][s.Source] = of
	}
	of.add(ms, s.MarketCap.Float64())
}

// before returns a token's market cap as it was known at the start of the day of an
// instant: the median of what its sources said last in the 24 hours before, 0 when none
// said anything.
func (c caps) before(token string, ms int64) float64 {
	day := capStep.Milliseconds()
	var votes []float64
	for _, of := range c[token] {
		if value := of.price(ms-ms%day, day); value > 0 {
			votes = append(votes, value)
		}
	}
	return volatility.Median(votes)
}

// readCaps yields what the history holds of the market caps of a token in a stretch of
// time that ends at an instant.
func readCaps(h History, t *layers.Token, at time.Time, reach time.Duration) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		known, ok := h.(CapHistory)
		if !ok || t.Tokenless {
			return
		}
		for sample, err := range known.MarketCaps(t.Slug, layers.Span{From: at.Add(-reach), To: at.Add(1)}) {
			if err != nil {
				err = fmt.Errorf("read market caps of %s: %w", t.Slug, err)
			}
			if !yield(sample, err) {
				return
			}
		}
	}
}

// readCaps reads what the weights of some tokens are made of in windows up to a span.
func (v *view) readCaps(ctx context.Context, h History, tokens []*layers.Token, span time.Duration) error {
	for _, t := range tokens {
		if err := ctx.Err(); err != nil {
			return err
		}
		for sample, err := range readCaps(h, t, v.at, span+capReach) {
			if err != nil {
				return err
			}
			v.caps.add(sample)
		}
	}
	return nil
}
