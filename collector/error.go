package collector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// Kind says what sort of failure befell a call to a source, and so what to do
// about it. It is the outcome label of the source's metrics.
type Kind string

// The kinds of failure.
const (
	RateLimited Kind = "rate_limited" // asked too often: come back after RetryAfter
	OverBudget  Kind = "over_budget"  // not asked at all, so as not to ask too often
	Blocked     Kind = "blocked"      // not wanted here: asking again soon makes it worse
	NotFound    Kind = "not_found"    // the source is well and does not know what was asked for
	Unavailable Kind = "unavailable"  // the source says that it is ill
	BadAnswer   Kind = "bad_answer"   // an answer that is not what was asked for
	Timeout     Kind = "timeout"      // no whole answer in time
	Network     Kind = "network"      // no answer at all
	Panicked    Kind = "panic"        // a fault of ours
)

func kinds() []Kind {
	return []Kind{RateLimited, OverBudget, Blocked, NotFound, Unavailable, BadAnswer, Timeout, Network, Panicked}
}

// Limits of what an [Error] keeps.
const (
	maxErrorBody = 4 << 10
	maxDetail    = 200
)

// Error is a call to a source that brought no usable answer. Its text never holds a
// query, a header or a body.
type Error struct {
	Kind       Kind
	Target     string        // host and path: "api.kraken.com/0/public/Ticker"
	Status     int           // of HTTP; 0 when the call did not get that far
	RetryAfter time.Duration // what the source asked for, at most an hour; 0 when it did not say
	Detail     string        // what happened, in words
	Body       []byte        // the beginning of the body that came with a refusal, for its source to look into

	cause error
}

// Error says what was asked, what happened and when to come back.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Target != "" {
		fmt.Fprintf(&b, "ask %s: ", e.Target)
	}
	b.WriteString(strings.ReplaceAll(string(e.Kind), "_", " "))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (%d)", e.Status)
	}
	if e.Detail != "" {
		fmt.Fprintf(&b, ": %s", e.Detail)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, ", retry after %s", e.RetryAfter)
	}
	return b.String()
}

// Unwrap gives the cause of a timeout or network failure.
func (e *Error) Unwrap() error { return e.cause }

// NewError is a failure that was found inside an answer.
func NewError(kind Kind, err error) *Error {
	return &Error{Kind: kind, Detail: clip(err.Error()), cause: err}
}

// kindOf tells what sort of failure err is; an error that is no [*Error] is taken
// for a bad answer.
func kindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	if isTimeout(err) {
		return Timeout
	}
	return BadAnswer
}

func kindOfStatus(status int) Kind {
	switch status {
	case http.StatusTooManyRequests, http.StatusTeapot: // 418 is how Binance bans
		return RateLimited
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusUnavailableForLegalReasons:
		return Blocked
	case http.StatusNotFound, http.StatusGone:
		return NotFound
	}
	if status >= 500 {
		return Unavailable
	}
	return BadAnswer
}

func kindOfFailure(err error) Kind {
	switch {
	case isTimeout(err):
		return Timeout
	case errors.Is(err, io.ErrUnexpectedEOF): // a body shorter than announced, or a cut chunk
		return BadAnswer
	}
	return Network
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && timeout.Timeout()
}

// clip bounds a text that a source had a hand in.
func clip(text string) string {
	if len(text) <= maxDetail {
		return text
	}
	return strings.ToValidUTF8(text[:maxDetail], "") + "..."
}
