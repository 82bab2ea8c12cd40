package layers_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

// instants draws from a handful of hours, so that spans touch and nest often.
func instants() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		hour := rapid.IntRange(0, 8).Draw(t, "hour")
		if hour == 0 {
			return time.Time{}
		}
		return time.Date(2024, 7, 1, hour, 0, 0, 0, time.UTC)
	})
}

// spans draws spans that are not empty.
func spans() *rapid.Generator[layers.Span] {
	return rapid.Custom(func(t *rapid.T) layers.Span {
		return layers.Span{From: instants().Draw(t, "from"), To: instants().Draw(t, "to")}
	}).Filter(func(s layers.Span) bool { return s.From.IsZero() || s.To.IsZero() || s.From.Before(s.To) })
}

func TestSpansOverlapWhenTheyShareAnInstant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := spans().Draw(t, "a"), spans().Draw(t, "b")
		var shared bool
		for hour := -1; hour <= 10; hour++ {
			at := time.Date(2024, 7, 1, hour, 0, 0, 0, time.UTC)
			shared = shared || a.Contains(at) && b.Contains(at)
		}
		if a.Overlaps(b) != shared || b.Overlaps(a) != shared {
			t.Fatalf("%v overlaps %v: %v and %v, want %v", a, b, a.Overlaps(b), b.Overlaps(a), shared)
		}
		if !a.Overlaps(a) || !a.Overlaps(layers.Span{}) {
			t.Fatalf("%v does not overlap itself and all time", a)
		}
	})
}

func TestASpanHoldsItsBeginningAndNotItsEnd(t *testing.T) {
	from, to := date("2024-07-01"), date("2024-08-01")
	s := layers.Span{From: from, To: to}
	if !s.Contains(from) || s.Contains(to) || s.Contains(from.Add(-1)) || !s.Contains(to.Add(-1)) {
		t.Error("the span is not half-open")
	}
	if s.Overlaps(layers.Span{From: to}) || s.Overlaps(layers.Span{To: from}) {
		t.Error("spans that only touch overlap")
	}
}

func TestASpanIsWrittenForPeople(t *testing.T) {
	from := date("2024-07-01")
	for want, s := range map[string]layers.Span{
		"at any time":     {},
		"from 2024-07-01": {From: from},
		"to 2024-07-01":   {To: from},
		"from 2024-07-01 to 2024-07-01T00:30:00Z":   {From: from, To: from.Add(30 * time.Minute)},
		"from 2024-06-30T21:00:00.5Z to 2024-07-01": {From: from.Add(-3*time.Hour + 500*time.Millisecond), To: from},
	} {
		if got := s.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
