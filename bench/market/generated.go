package market

import (
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"strata/layers"
)

// Generated returns a made-up market: a cycle a minute from 1 March 2025, 00:00 UTC,
// its time shifted by up to jitter to either side. Equal arguments give equal histories.
//
// The price of a token is a geometric random walk on a grid of ticks. It starts
// anywhere between 0.001 and 10,000 dollars, on a logarithmic scale, with a tick that
// gives it 4, 5 or 6 significant digits (50, 35 and 15 % of tokens). In four minutes
// out of 25 nothing is traded and the price stays; otherwise the log return is
// Laplace distributed, whose ratio of median to standard deviation, 0.49, is about
// that of real minutes (a normal distribution has 0.67). The standard deviation of a
// minute differs between tokens, 0.0007 to 0.0018, 50 to 130 % a year. Rounding to
// the tick takes the share of returns that are zero to a quarter.
func Generated(tokens, cycles int, jitter time.Duration) History {
	h := History{Source: "generated", Cycles: cycles}
	for i := range tokens {
		h.Tokens = append(h.Tokens, fmt.Sprintf("token-%05d", i))
	}
	h.Walk = func() iter.Seq[[]layers.Sample] {
		return func(yield func([]layers.Sample) bool) {
			random := rand.New(rand.NewPCG(2025, 3))
			walks, cycle := newWalks(random, tokens), h.samples()
			for minute := range cycles {
				at := jittered(random, start.Add(time.Duration(minute)*time.Minute), jitter)
				for i := range walks {
					cycle[i].Time, cycle[i].Price = at, walks[i].next(random)
				}
				if !yield(cycle) {
					return
				}
			}
		}
	}
	return h
}

var start = time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)

// jittered shifts t by whole milliseconds, evenly spread over [-jitter, jitter].
func jittered(random *rand.Rand, t time.Time, jitter time.Duration) time.Time {
	reach := jitter.Milliseconds()
	return t.Add(time.Duration(random.Int64N(2*reach+1)-reach) * time.Millisecond)
}

// walk is the price of a token, not yet rounded, in ticks.
type walk struct {
	ticks    float64
	exponent int8    // of the tick, as a power of ten of a dollar
	scale    float64 // of the Laplace distribution: its standard deviation divided by √2
}

func newWalks(random *rand.Rand, n int) []walk {
	walks := make([]walk, n)
	for i := range walks {
		dollars := math.Pow(10, -3+7*random.Float64())
		exponent := int8(math.Floor(math.Log10(dollars))) - int8(digits(random)) + 1
		walks[i] = walk{
			ticks:    math.Round(dollars * math.Pow(10, -float64(exponent))),
			exponent: exponent,
			scale:    (0.0007 + 0.0011*random.Float64()) / math.Sqrt2,
		}
	}
	return walks
}

// digits draws the number of significant digits of a price.
func digits(random *rand.Rand) int {
	switch r := random.Float64(); {
	case r < 0.5:
		return 4
	case r < 0.85:
		return 5
	default:
		return 6
	}
}

// next returns the price of the next minute.
func (w *walk) next(random *rand.Rand) layers.Decimal {
	const untraded = 0.16
	if random.Float64() >= untraded {
		w.ticks *= math.Exp(w.scale * (random.ExpFloat64() - random.ExpFloat64()))
	}
	return layers.Decimal{Coefficient: max(1, int64(math.Round(w.ticks))), Exponent: w.exponent}
}
