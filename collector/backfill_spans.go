package collector

import (
	"iter"
	"slices"
	"time"

	"strata/layers"
)

// holes returns the parts of a span, newest last, in which whole intervals have no
// sample. Of the interval (t, t+interval] the close stands at its end, which is where a
// candle puts it. From and To are multiples of the interval.
func holes(samples iter.Seq2[layers.Sample, error], span layers.Span, interval time.Duration) ([]layers.Span, error) {
	filled := make([]bool, max(0, span.To.Sub(span.From)/interval))
	for sample, err := range samples {
		if err != nil {
			return nil, err
		}
		n := int((sample.Time.Sub(span.From) + interval - 1) / interval)
		if n = max(n-1, 0); n < len(filled) {
			filled[n] = true
		}
	}
	var missing []layers.Span
	for n := 0; n < len(filled); n++ {
		first := n
		for n < len(filled) && !filled[n] {
			n++
		}
		if n > first {
			missing = append(missing, layers.Span{
				From: span.From.Add(time.Duration(first) * interval), To: span.From.Add(time.Duration(n) * interval),
			})
		}
	}
	return missing, nil
}

// within cuts spans to bounds.
func within(spans []layers.Span, bounds layers.Span) []layers.Span {
	var inside []layers.Span
	for _, s := range spans {
		if !bounds.From.IsZero() && s.From.Before(bounds.From) {
			s.From = bounds.From
		}
		if !bounds.To.IsZero() && s.To.After(bounds.To) {
			s.To = bounds.To
		}
		if s.From.Before(s.To) {
			inside = append(inside, s)
		}
	}
	return inside
}

// without takes spans out of others.
func without(spans []layers.Span, taken ...layers.Span) []layers.Span {
	for _, t := range taken {
		var left []layers.Span
		for _, s := range spans {
			left = append(left, within([]layers.Span{s}, layers.Span{To: t.From})...)
			left = append(left, within([]layers.Span{s}, layers.Span{From: t.To})...)
		}
		spans = left
	}
	return spans
}

// worthwhile leaves out spans that are too short to be asked for.
func worthwhile(spans []layers.Span, least time.Duration) []layers.Span {
	return slices.DeleteFunc(slices.Clone(spans), func(s layers.Span) bool { return s.To.Sub(s.From) < least })
}

// cut cuts spans into pieces of one call, the newest first, beginning at the end of each.
func cut(spans []layers.Span, longest time.Duration) (pieces []layers.Span) {
	for _, s := range slices.Backward(spans) {
		for s.From.Before(s.To) {
			piece := s
			if s.To.Sub(s.From) > longest {
				piece.From = s.To.Add(-longest)
			}
			pieces, s.To = append(pieces, piece), piece.From
		}
	}
	return pieces
}
