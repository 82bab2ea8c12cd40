package risk

import (
	"fmt"
	"iter"
	"time"

	"strata/layers"
)

// History is the past of every token.
type History interface {
	// Samples yields the samples of all sources of a token in a span, ordered by
	// time, then by source. It ends after the first error it yields.
	Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error]
}

// read yields what the history holds of a token in a stretch of time that ends at an
// instant and includes it. A project without a token has no history.
func read(h History, t *layers.Token, at time.Time, reach time.Duration) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		if t.Tokenless {
			return
		}
		span := layers.Span{From: at.Add(-reach), To: at.Add(1)}
		for sample, err := range h.Samples(t.Slug, span) {
			if err != nil {
				err = fmt.Errorf("read history of %s: %w", t.Slug, err)
			}
			if !yield(sample, err) {
				return
			}
		}
	}
}
