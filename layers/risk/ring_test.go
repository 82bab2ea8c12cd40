package risk

import (
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestAGridPriceIsThatOfThePreviousTick compares the ring with a search through
// every sample, on all grids, in random order of arrival.
func TestAGridPriceIsThatOfThePreviousTick(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := newFeed("one")
		times := rapid.SliceOfNDistinct(rapid.Int64Range(0, 26*3600), 1, 200, rapid.ID).Draw(r, "seconds")
		start := noon.Add(-26 * time.Hour).UnixMilli()
		for _, s := range times {
			f.fine.add(start+s*1000, float64(s+1))
			f.coarse.add(start+s*1000, float64(s+1))
		}
		for _, step := range []time.Duration{5 * time.Minute, 30 * time.Minute, time.Hour} {
			g := gridAt(noon, 24*time.Hour, step)
			for k, got := range f.prices(g, nil) {
				want, limit := int64(0), Tolerance(step).Milliseconds()
				for _, s := range times {
					if age := g.ms(k) - start - s*1000; age >= 0 && age <= limit {
						want = max(want, s+1)
					}
				}
				if got != float64(want) {
					r.Fatalf("%v, step %d: got %v, want %v", step, k, got, want)
				}
			}
		}
	})
}

// TestAPriceStandsSinceItLastChanged compares with a search through every sample,
// arriving in order, with prices of which many repeat.
func TestAPriceStandsSinceItLastChanged(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		ring := newRing(coarseStep.Milliseconds(), coarseCapacity)
		var since int64
		var last float64
		at := noon.UnixMilli()
		for _, wait := range rapid.SliceOfN(rapid.Int64Range(1, 7_000_000), 1, 100).Draw(r, "waits") {
			at += wait
			price := float64(rapid.IntRange(1, 2).Draw(r, "price"))
			if price != last {
				since, last = at, price
			}
			ring.add(at, price)
			if got, _ := ring.standingSince(0); got != since {
				r.Fatalf("at %d: got %d, want %d", at, got, since)
			}
		}
	})
}

// TestALateContradictionNeverMakesAPriceLookOlderThanItIs: which samples followed it
// within the interval is no longer known, so the change is dated late, within an hour.
func TestALateContradictionNeverMakesAPriceLookOlderThanItIs(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		ring := newRing(coarseStep.Milliseconds(), coarseCapacity)
		var truth, last int64
		base := noon.UnixMilli()
		prices := make([]float64, 12)
		for i := range prices {
			prices[i] = float64(1 + random.IntN(2))
		}
		for _, i := range random.Perm(len(prices)) {
			ring.add(base+int64(i+1)*60_000, prices[i])
		}
		for i := range prices {
			last = base + int64(i+1)*60_000
			if i == 0 || prices[i] != prices[i-1] {
				truth = last
			}
		}
		if got, _ := ring.standingSince(0); got < truth || got > last {
			t.Fatalf("prices %v stand since %d, want %d to %d", prices, got, truth, last)
		}
	}
}

func TestARingForgetsWhatIsOlderThanItself(t *testing.T) {
	r := newRing(1000, 3)
	for s := range int64(5) {
		r.add((s+1)*1000, float64(s+1))
	}
	r.add(1500, 9) // too old to be taken in
	for k, want := range map[int64]bool{1: false, 2: false, 3: true, 4: true, 5: true, 6: false} {
		if got := r.sampled(k); got != want {
			t.Errorf("interval %d is held: %t, want %t", k, got, want)
		}
	}
	r.add(60_000, 6)
	if r.sampled(5) || !r.sampled(60) {
		t.Error("a jump ahead does not empty the ring")
	}
}

func TestWhatWasAcceptedFirstStands(t *testing.T) {
	r := newRing(1000, 3)
	r.add(900, 1)
	r.add(900, 2)
	if got := r.price(1000, 1000); got != 1 {
		t.Errorf("got %v, want 1", got)
	}
}
