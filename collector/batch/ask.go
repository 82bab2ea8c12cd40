package batch

import (
	"context"
	"errors"
	"sync"

	"strata/collector"
	"strata/layers"
)

// parallel is how many calls are under way at a time: enough that one which hangs
// does not hold up the others, few enough to be polite.
const parallel = 4

// Ask asks for each batch and joins the answers. A batch that fails is missing. A
// failure that speaks of us, too many calls or none wanted, ends the round: it is
// returned, and nothing is said of what was still open. So is the end of ctx. When
// no batch brought a quote, the first failure is returned as well.
func Ask(ctx context.Context, batches [][]layers.Listing, ask func(context.Context, []layers.Listing) (collector.Answer, error)) (collector.Answer, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := round{stop: stop, open: len(batches)}
	work := make(chan []layers.Listing)
	var workers sync.WaitGroup
	for range min(parallel, len(batches)) {
		workers.Go(func() {
			for batch := range work {
				answer, err := ask(ctx, batch)
				r.add(batch, answer, err)
			}
		})
	}
	feed(ctx, work, batches)
	workers.Wait()
	return r.result(context.Cause(ctx))
}

// feed hands out the batches and stops when ctx ends.
func feed(ctx context.Context, work chan<- []layers.Listing, batches [][]layers.Listing) {
	defer close(work)
	for _, batch := range batches {
		if ctx.Err() != nil {
			return // a select with two ready cases would toss a coin
		}
		select {
		case work <- batch:
		case <-ctx.Done():
			return
		}
	}
}

// round gathers what the calls of one round bring.
type round struct {
	stop context.CancelCauseFunc

	mu     sync.Mutex
	open   int // batches of which nothing is known yet
	answer collector.Answer
	first  error
}

// add takes the outcome of one call.
func (r *round) add(batch []layers.Listing, answer collector.Answer, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, context.Canceled) {
		return // the round was stopped: nothing is known about this one
	}
	failure, _ := errors.AsType[*collector.Error](err)
	if failure != nil && (failure.Kind == collector.RateLimited || failure.Kind == collector.Blocked) {
		r.stop(err)
		return
	}
	r.open--
	r.answer.Quotes = append(r.answer.Quotes, answer.Quotes...)
	r.answer.Missing = append(r.answer.Missing, answer.Missing...)
	if err == nil {
		return
	}
	missing := collector.Missing{Reason: err.Error(), Malformed: failure != nil && failure.Kind == collector.BadAnswer, Unasked: true}
	for _, listing := range batch {
		missing.Token = listing.Token
		r.answer.Missing = append(r.answer.Missing, missing)
	}
	if r.first == nil {
		r.first = err
	}
}

// result says what the round brought.
func (r *round) result(stopped error) (collector.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.open > 0 && errors.Is(stopped, context.DeadlineExceeded):
		return r.answer, &collector.Error{Kind: collector.Timeout, Detail: "not everything was asked for in time"}
	case r.open > 0:
		return r.answer, stopped
	case len(r.answer.Quotes) == 0:
		return r.answer, r.first
	}
	return r.answer, nil
}
