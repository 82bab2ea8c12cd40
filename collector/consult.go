package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"
)

// witness sees which budgets a question to a source used. So what the source's decoder
// finds, a refusal inside an answer that looked well, reaches the budget without the
// source having to think of it.
type witness struct {
	mu   sync.Mutex
	used []use
}

// use is the last call of a question on one budget.
type use struct {
	bucket *bucket
	began  time.Time
}

type witnessKey struct{}

// saw notes a call, if anybody watches.
func saw(ctx context.Context, b *bucket, began time.Time) {
	w, ok := ctx.Value(witnessKey{}).(*witness)
	if !ok {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	i := slices.IndexFunc(w.used, func(u use) bool { return u.bucket == b })
	if i < 0 {
		w.used = append(w.used, use{b, began})
		return
	}
	w.used[i].began = began
}

// tell passes on what came of the question. Only the last call may have been refused:
// a source stops asking then.
func (w *witness) tell(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	failure, failed := errors.AsType[*Error](err)
	for i, u := range w.used {
		switch {
		case err == nil:
			u.bucket.succeed(u.began)
		case failed && failure.Kind == RateLimited && i == len(w.used)-1:
			u.bucket.refuse(u.began, failure.RetryAfter)
		}
	}
}

// buckets are those that were used.
func (w *witness) buckets() []*bucket {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]*bucket, len(w.used))
	for i, u := range w.used {
		all[i] = u.bucket
	}
	return all
}

// consult puts a question to a source: every question goes through here. A panic of the
// source becomes an error, for it is one source's fault and must not be everybody's, and
// what comes of the question reaches the budget it used.
func consult[T any](ctx context.Context, w *witness, ask func(context.Context) (T, error)) (answer T, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = NewError(Panicked, fmt.Errorf("%v", fault))
		}
		w.tell(err)
	}()
	return ask(context.WithValue(ctx, witnessKey{}, w))
}
