package collector

import (
	"context"
	"time"
)

// Budget is how often a source may be asked, by its documentation. Where a source
// counts the weight of calls, so does the budget.
type Budget struct {
	Calls int           // calls, or weight, that it allows
	Per   time.Duration // in this time
}

// BudgetStatus is how much of its budget a source has left.
type BudgetStatus struct {
	Limit       int           // calls, or weight, that are allowed now in Per; 0 for no limit
	Left        int           // of Limit
	Per         time.Duration // as documented
	PausedUntil time.Time     // before then the source wants no call at all; zero when it does not mind
}

// tighter says whether there is less room in s than in another.
func (s BudgetStatus) tighter(other BudgetStatus) bool {
	if !s.PausedUntil.Equal(other.PausedUntil) {
		return s.PausedUntil.After(other.PausedUntil)
	}
	return s.Limit > 0 && (other.Limit == 0 || s.Left*other.Limit < other.Left*s.Limit)
}

type backgroundKey struct{}

// Background marks the calls made with a context as less urgent than others: they take
// no more than half of a source's budget, and wait while others do.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

func inBackground(ctx context.Context) bool {
	background, _ := ctx.Value(backgroundKey{}).(bool)
	return background
}
