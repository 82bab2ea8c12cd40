package collector

import (
	"math"
	"time"

	"strata/layers"
)

// anyAge is the maximum age of a price of the past.
const anyAge = time.Duration(math.MaxInt64)

// plausible sends the points of a history, oldest first, through the gates for live
// quotes and leaves out what they would: prices out of range, points of the future,
// and jumps that the next point does not confirm.
func plausible(samples []layers.Sample, now time.Time) []layers.Sample {
	kept := make([]layers.Sample, 0, len(samples))
	var m memory
	var held layers.Sample
	for _, s := range samples {
		reason, after := m.examine(Quote{Token: s.Token, Price: s.Price, Time: s.Time}, s.Price, now, anyAge)
		switch reason {
		case "":
			kept = append(kept, s)
			m = memory{accepted: s.Price, said: s.Price, time: s.Time}
		case ReasonHeld:
			if after.confirmed >= confirmations {
				kept = append(withoutFirstPrint(kept), held, s)
				after = memory{accepted: s.Price, said: s.Price, time: s.Time}
			}
			held, m = s, after
		}
	}
	return kept
}

// withoutFirstPrint drops a first point that the two after it contradict: the first
// trade of a market is the one most often wrong, and nothing vouches for it.
func withoutFirstPrint(kept []layers.Sample) []layers.Sample {
	if len(kept) == 1 {
		return kept[:0]
	}
	return kept
}
