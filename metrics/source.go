package metrics

import "time"

// Source is the health of one source of prices. Counts are since the start of the
// process; but for the requests, backfill is in none of them.
type Source struct {
	Name        string    `json:"name" doc:"Name of the source" example:"kraken"`
	Up          bool      `json:"up" doc:"The latest round of requests succeeded; false before the first"`
	LastSuccess time.Time `json:"last_success,omitzero" doc:"When a round last succeeded; absent when none has"`
	LastError   string    `json:"last_error,omitempty" doc:"Why the latest round failed; absent when it succeeded"`
	ErrorKind   string    `json:"error_kind,omitempty" doc:"Kind of the last error, as in failures"`
	RetryAt     time.Time `json:"retry_at,omitzero" doc:"The source is left alone until then; absent when it is asked every cycle"`
	Requests    uint64    `json:"requests" doc:"Requests sent since the start"`
	// Every kind and reason that can occur is a key, with 0 until it does, so that
	// a rate over the first occurrence is not lost.
	Failures map[string]uint64 `json:"failures" doc:"Requests that failed since the start, by kind"`
	Rejected map[string]uint64 `json:"rejected" doc:"Quotes that were not accepted since the start, by reason"`
	Listings int               `json:"listings" doc:"Listings asked for in the latest round"`
	Accepted int               `json:"accepted" doc:"Listings with an accepted sample in the latest round"`
	Budget   *Budget           `json:"budget,omitempty" doc:"How much the source may still be asked; absent when nothing limits it"`
}

// Budget is how often a source may be asked, live and for the past together.
type Budget struct {
	Limit       int       `json:"limit" doc:"Requests, or weight of requests, allowed within per_seconds now; less than documented after the source refused some"`
	Left        int       `json:"left" doc:"Of limit"`
	PerSeconds  float64   `json:"per_seconds"`
	PausedUntil time.Time `json:"paused_until,omitzero" doc:"The source wants no request at all until then"`
}

// Asked says whether a round of requests for live prices has ended yet, well or badly.
// Before that nobody knows whether the source is up.
func (s Source) Asked() bool { return s.Up || s.LastError != "" || !s.LastSuccess.IsZero() }
