package api

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Limits of questions about the past, which read history while the snapshot does not.
const (
	maxQuestions      = 8 // answered at the same time
	questionDeadline  = 5 * time.Second
	retryAfterSeconds = "1"
)

// past answers a question about the past within the limits. What the question reports
// as an error of its own, with a status, stays as it is.
func past[T any](ctx context.Context, s *server, question func(context.Context) (T, error)) (T, error) {
	var none T
	if s.view.History == nil {
		return none, huma.Error503ServiceUnavailable("there is no price history to ask")
	}
	select {
	case s.slots <- struct{}{}:
		defer func() { <-s.slots }()
	default:
		return none, unavailable("%d questions about the past are being answered already, ask again", maxQuestions)
	}
	ctx, cancel := context.WithTimeout(ctx, questionDeadline)
	defer cancel()
	value, err := question(ctx)
	if err == nil {
		return value, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return none, unavailable("the answer took longer than %s, ask for a shorter span", questionDeadline)
	}
	if _, ok := errors.AsType[huma.StatusError](err); ok {
		return none, err
	}
	return none, huma.Error500InternalServerError(fmt.Sprintf("read history: %v", err))
}
