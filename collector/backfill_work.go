package collector

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"strata/layers"
)

// work asks for chunks, all sources at once, and returns the tokens of which some were
// not brought.
func (b *Backfill) work(ctx context.Context, due []Chunk) (left []string, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var lanes []*lane
	for _, h := range b.Historians {
		queue := slices.DeleteFunc(slices.Clone(due), func(c Chunk) bool { return c.Source != h.Name() })
		if len(queue) > 0 {
			lanes = append(lanes, &lane{b: b, source: h, queue: queue})
		}
	}
	faults := make([]error, len(lanes))
	var running sync.WaitGroup
	for i, l := range lanes {
		running.Go(func() {
			if faults[i] = l.run(ctx); isFatal(faults[i]) {
				stop(faults[i])
			}
		})
	}
	running.Wait()
	return b.unfinished(due), errors.Join(faults...)
}

// unfinished returns the tokens that have a chunk among those due that is not done.
func (b *Backfill) unfinished(due []Chunk) (tokens []string) {
	for _, c := range due {
		done := slices.ContainsFunc(b.book.of(c.Token), func(d Chunk) bool { return d.sameAs(c) && d.Status == ChunkDone })
		if !done && !slices.Contains(tokens, c.Token) {
			tokens = append(tokens, c.Token)
		}
	}
	return tokens
}

// listing returns the name that the source of a chunk had for its token at that time.
func (b *Backfill) listing(c Chunk) (layers.Listing, bool) {
	token, ok := b.Catalogue.Token(c.Token)
	if !ok {
		return layers.Listing{}, false
	}
	i := slices.IndexFunc(token.Listings, func(l layers.Listing) bool {
		return l.Source == c.Source && l.Valid.Contains(c.Span.To.Add(-time.Nanosecond))
	})
	if i < 0 {
		return layers.Listing{}, false
	}
	return token.Listings[i], true
}

// history makes one call.
func (b *Backfill) history(ctx context.Context, source Historian, chunks []Chunk) (Past, error) {
	first := chunks[0]
	span := first.Span
	var listings []layers.Listing
	for _, c := range chunks {
		if listing, ok := b.listing(c); ok {
			listings = append(listings, listing)
		}
	}
	if len(listings) == 0 { // of a chunk that failed under another catalogue
		return Past{}, &Error{Kind: NotFound, Detail: "it had no name for the token then"}
	}
	if reach, ok := reachAt(source, first.Interval); ok { // the source may have moved on since the plan
		if known := within([]layers.Span{span}, reach.bounds(b.now())); len(known) > 0 {
			span = known[0]
		}
	}
	return consult(Background(ctx), new(witness), func(ctx context.Context) (Past, error) {
		return source.History(ctx, listings, first.Interval, span)
	})
}
