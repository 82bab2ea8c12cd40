package collector

import (
	"iter"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

// hours draws spans of whole hours after noon, in order and apart from one another.
func hours(t *rapid.T, name string) (spans []layers.Span) {
	at := noon
	for range rapid.IntRange(0, 4).Draw(t, name) {
		from := at.Add(time.Duration(rapid.IntRange(1, 9).Draw(t, name+" gap")) * time.Hour)
		at = from.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, name+" length")) * time.Hour)
		spans = append(spans, layers.Span{From: from, To: at})
	}
	return spans
}

func holds(spans []layers.Span, at time.Time) bool {
	return slices.ContainsFunc(spans, func(s layers.Span) bool { return s.Contains(at) })
}

func TestWhatIsTakenOutOfSpansIsAllThatIsMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans, taken := hours(t, "spans"), hours(t, "taken")
		left, both := without(spans, taken...), []layers.Span{}
		for _, s := range taken {
			both = append(both, within(spans, s)...)
		}
		for h := range 200 {
			at := noon.Add(time.Duration(h) * time.Hour)
			in, out := holds(spans, at), holds(taken, at)
			if holds(left, at) != (in && !out) || holds(both, at) != (in && out) {
				t.Fatalf("%s: %v without %v is %v, and within %v", at, spans, taken, left, both)
			}
		}
	})
}

func TestPiecesOfACallTileTheSpansTheNewestFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spans, longest := hours(t, "spans"), time.Duration(rapid.IntRange(1, 40).Draw(t, "longest"))*time.Hour
		pieces := cut(spans, longest)
		var covered time.Duration
		for i, p := range pieces {
			if covered += p.To.Sub(p.From); p.To.Sub(p.From) > longest || p.To.Sub(p.From) <= 0 {
				t.Fatalf("piece %v", p)
			}
			if i > 0 && p.To.After(pieces[i-1].From) {
				t.Fatalf("%v comes after %v", p, pieces[i-1])
			}
		}
		if left := without(spans, pieces...); len(left) > 0 {
			t.Fatalf("%v is in no piece", left)
		}
		for _, s := range spans {
			covered -= s.To.Sub(s.From)
		}
		if covered != 0 {
			t.Fatalf("the pieces are %s too long", covered)
		}
	})
}

func TestAHoleIsAnIntervalWithoutASampleAfterItsBeginUpToItsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		span := layers.Span{From: noon, To: noon.Add(24 * time.Hour)}
		offsets := rapid.SliceOfDistinct(rapid.IntRange(1, 24*60), rapid.ID[int]).Draw(t, "minutes")
		missing, err := holes(ofMinutes(offsets), span, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		for h := range 24 {
			filled := slices.ContainsFunc(offsets, func(m int) bool { return h*60 < m && m <= (h+1)*60 })
			if holds(missing, noon.Add(time.Duration(h)*time.Hour)) == filled {
				t.Fatalf("hour %d of %v: holes are %v", h, offsets, missing)
			}
		}
	})
}

// ofMinutes are samples so many minutes after noon.
func ofMinutes(offsets []int) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for _, m := range slices.Sorted(slices.Values(offsets)) {
			if !yield(layers.Sample{Time: noon.Add(time.Duration(m) * time.Minute)}, nil) {
				return
			}
		}
	}
}
