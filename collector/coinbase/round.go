package coinbase

import (
	"context"
	"errors"
	"sync"

	"strata/collector"
	"strata/layers"
)

// round gathers what the calls of one round bring.
type round struct {
	stop context.CancelCauseFunc
	open int // products that nothing is known of yet

	mu     sync.Mutex
	answer collector.Answer
	first  error // of a product that failed otherwise than by not being known
}

// add takes the outcome of one product.
func (r *round) add(listing layers.Listing, quote collector.Quote, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if errors.Is(err, context.Canceled) {
		return // the round was stopped: nothing is known about this one
	}
	r.open--
	if err == nil {
		r.answer.Quotes = append(r.answer.Quotes, quote)
		return
	}
	missing := collector.Missing{Token: listing.Token, Reason: err.Error()}
	if failure, ok := errors.AsType[*collector.Error](err); ok {
		switch failure.Kind {
		case collector.RateLimited, collector.Blocked:
			r.stop(err)
		case collector.NotFound:
			missing.Reason = "not found"
			err = nil
		case collector.BadAnswer:
			missing.Malformed = true
		}
	}
	if r.first == nil {
		r.first = err
	}
	r.answer.Missing = append(r.answer.Missing, missing)
}

// result says what the round brought. It failed when it was stopped before its end,
// or when no product came and at least one failed.
func (r *round) result(stopped error) (collector.Answer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.open > 0 && errors.Is(stopped, context.DeadlineExceeded):
		return r.answer, &collector.Error{Kind: collector.Timeout, Detail: "not all products were asked for in time"}
	case r.open > 0:
		return r.answer, stopped
	case len(r.answer.Quotes) == 0:
		return r.answer, r.first
	}
	return r.answer, nil
}
