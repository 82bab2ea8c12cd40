package collector

import (
	"time"

	"strata/layers"
)

// Chunk is a piece of the past of one token that one call to a source brings, and what
// became of asking for it. Source, token, interval and span tell it apart from others.
type Chunk struct {
	Source   string
	Token    string        // slug
	Interval time.Duration // between two prices
	Span     layers.Span   // [From, To), both given

	Status   ChunkStatus
	Attempts int       // how often it was asked for
	Error    string    // why it is not done; of a comparison, what it found
	Tried    time.Time // the last time; zero before the first
	Samples  int       // that were new in the store
}

// ChunkStatus says what became of a [Chunk]. It is a label of the backfill's metrics.
type ChunkStatus string

// What can become of a chunk. The last two are not of pieces that were missing but of
// comparisons with a second source: see [Backfill.Compare].
const (
	ChunkDone    ChunkStatus = "done"
	ChunkEmpty   ChunkStatus = "empty"    // the source is well and has nothing there: another one may
	ChunkFailed  ChunkStatus = "failed"   // and is asked for again
	ChunkGivenUp ChunkStatus = "given_up" // asked for in vain too often: another source may have it
	ChunkAgrees  ChunkStatus = "agrees"
	ChunkDiffers ChunkStatus = "differs" // another coin?
)

// ChunkStatuses returns all of them, in the order in which they are shown.
func ChunkStatuses() []ChunkStatus {
	return []ChunkStatus{ChunkDone, ChunkEmpty, ChunkFailed, ChunkGivenUp, ChunkAgrees, ChunkDiffers}
}

// Ledger keeps chunks beyond the end of the process, so that a backfill that was broken
// off goes on where it was.
type Ledger interface {
	Load() ([]Chunk, error)
	// Save keeps chunks, each in the place of the one that is not told apart from it.
	Save([]Chunk) error
}

// How often a chunk is asked for, and when again.
const (
	maxAttempts = 5 // of those that say something about the chunk
	firstRetry  = time.Minute
	maxRetry    = 6 * time.Hour
)

// due says whether a chunk that failed may be asked for again.
func (c Chunk) due(now time.Time) bool {
	rest := min(firstRetry<<min(max(c.Attempts-1, 0), 16), maxRetry)
	return !now.Before(c.Tried.Add(rest))
}

// failed notes why a chunk was not brought. An ill source says nothing about the chunk; one
// that does not know the symbol will not know it the next time.
func (c Chunk) failed(err error) Chunk {
	c.Status, c.Error = ChunkFailed, clip(err.Error())
	switch kind := kindOf(err); {
	case kind == NotFound:
		c.Status = ChunkGivenUp
	case speaksOfSource(kind):
	case c.Attempts >= maxAttempts:
		c.Status = ChunkGivenUp
	}
	return c
}

// speaksOfSource says whether a failure would have befallen any other call as well.
func speaksOfSource(kind Kind) bool {
	switch kind {
	case Network, Timeout, Unavailable, RateLimited, OverBudget, Blocked:
		return true
	}
	return false
}

// sameAs says whether two chunks are not told apart.
func (c Chunk) sameAs(other Chunk) bool {
	return c.Source == other.Source && c.Token == other.Token && c.Interval == other.Interval &&
		c.Span.From.Equal(other.Span.From) && c.Span.To.Equal(other.Span.To)
}
