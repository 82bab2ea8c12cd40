package collector

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"strata/layers"
)

// book is the ledger in memory. It is safe for concurrent use.
type book struct {
	ledger Ledger

	mu      sync.Mutex
	byToken map[string][]Chunk
}

// openBook reads the ledger.
func openBook(ledger Ledger) (*book, error) {
	chunks, err := ledger.Load()
	if err != nil {
		return nil, fmt.Errorf("read backfill ledger: %w", err)
	}
	b := &book{ledger: ledger, byToken: make(map[string][]Chunk)}
	b.put(chunks)
	return b, nil
}

// record makes chunks durable before anybody counts on them.
func (b *book) record(chunks []Chunk) error {
	if err := b.ledger.Save(chunks); err != nil {
		return fmt.Errorf("write backfill ledger: %w", err)
	}
	b.put(chunks)
	return nil
}

func (b *book) put(chunks []Chunk) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range chunks {
		list := b.byToken[c.Token]
		if i := slices.IndexFunc(list, c.sameAs); i >= 0 {
			list[i] = c
			continue
		}
		b.byToken[c.Token] = append(list, c)
	}
}

// of returns the chunks of a token, in the order in which they were first asked for.
func (b *book) of(token string) []Chunk {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.byToken[token])
}

// counts returns how many chunks there are of each status.
func (b *book) counts() map[ChunkStatus]int {
	counts := make(map[ChunkStatus]int)
	for _, status := range ChunkStatuses() {
		counts[status] = 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, list := range b.byToken {
		for _, c := range list {
			counts[c.Status]++
		}
	}
	return counts
}

// differing returns the tokens whose past a second source contradicts, ordered.
func (b *book) differing() (tokens []string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for token, list := range b.byToken {
		last := Chunk{}
		for _, c := range list {
			compared := c.Status == ChunkAgrees || c.Status == ChunkDiffers
			if compared && !c.Tried.Before(last.Tried) {
				last = c
			}
		}
		if last.Status == ChunkDiffers {
			tokens = append(tokens, token)
		}
	}
	slices.Sort(tokens)
	return tokens
}

// failed returns the chunks that are to be asked for again.
func (b *book) failed() (chunks []Chunk) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, list := range b.byToken {
		for _, c := range list {
			if c.Status == ChunkFailed {
				chunks = append(chunks, c)
			}
		}
	}
	return chunks
}

// brought returns the spans that chunks at most that coarse brought: what is missing in
// them the source does not have.
func brought(chunks []Chunk, interval time.Duration) (spans []layers.Span) {
	for _, c := range chunks {
		if c.Status == ChunkDone && c.Interval <= interval {
			spans = append(spans, c.Span)
		}
	}
	return spans
}

// strike notes of chunks that failed that nothing is missing there any more: another
// source brought it, or nobody asks that far back.
func (b *Backfill) strike() error {
	var struck []Chunk
	horizon := b.started.AddDate(0, 0, -cmp.Or(b.Days, DefaultDays))
	for _, c := range b.book.failed() {
		missing, err := holes(b.Have(c.Token, c.Interval, c.Span), c.Span, c.Interval)
		if err != nil {
			return fmt.Errorf("read history of %s: %w", c.Token, err)
		}
		if len(worthwhile(missing, b.least(c.Interval))) == 0 || c.Span.To.Before(horizon) {
			c.Status, c.Error = ChunkEmpty, "not missing any more"
			struck = append(struck, c)
		}
	}
	if len(struck) == 0 {
		return nil
	}
	defer b.tally()
	return b.book.record(struck)
}
