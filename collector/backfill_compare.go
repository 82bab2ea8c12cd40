package collector

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"strata/layers"
)

// How the past of a token is compared with what another source says of it.
const (
	comparedSpan  = 24 * time.Hour      // of hourly prices, somewhere in the last month
	comparedWith  = 20 * time.Minute    // the farthest apart in time of two prices that are compared
	comparedLeast = 5                   // pairs
	comparedAgain = 30 * 24 * time.Hour // after the last comparison
	anotherCoin   = 0.05                // the median difference above which it may be another coin
)

// Compare asks, for each token that was filled, a second source for a random day of the
// last month, one call a token, and notes in the ledger how far the two differ: a backfill
// of another coin would be off by far. It is for after a Run and may take its time: with a
// slow source some twenty minutes. A Run that comes meanwhile goes first and ends it; what
// is not compared yet is left for the next Compare.
func (b *Backfill) Compare(ctx context.Context) error {
	b.running.Lock()
	defer b.running.Unlock()
	if b.book == nil {
		return errors.New("compare history: nothing was filled yet")
	}
	comparing, end := b.yielding(ctx)
	defer end()
	now := b.now().UTC()
	roster := b.roster(now)
	for _, token := range b.order(roster, now) {
		chunk, ok := b.secondOpinion(token, roster[token], now)
		if !ok {
			continue
		}
		if err := b.compare(comparing, chunk); err != nil {
			return err
		}
		if comparing.Err() != nil {
			break
		}
	}
	return ctx.Err()
}

// yielding returns a context that ends as soon as a Run waits.
func (b *Backfill) yielding(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, end := context.WithCancel(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.giveWay = end; b.runs > 0 {
		end()
	}
	return ctx, end
}

// goFirst ends a Compare, and has others wait for their turn until the returned function
// is called.
func (b *Backfill) goFirst() (done func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.runs++
	if b.giveWay != nil {
		b.giveWay()
	}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.runs--
	}
}

// secondOpinion returns what to ask of which source about a token, unless it was asked
// lately or there is no such source.
func (b *Backfill) secondOpinion(token string, suppliers []supplier, now time.Time) (Chunk, bool) {
	first, known := "", b.book.of(token)
	for _, c := range known {
		if c.Status == ChunkDone && c.Interval <= coarse {
			first = c.Source
		}
		if (c.Status == ChunkAgrees || c.Status == ChunkDiffers) && now.Sub(c.Tried) < comparedAgain {
			return Chunk{}, false
		}
	}
	back := time.Duration(2+rand.IntN(24*27)) * time.Hour //nolint:gosec // any day will do
	to := now.Truncate(coarse).Add(-back)
	for _, s := range suppliers {
		reach, ok := reachAt(s.source, coarse)
		if name := s.source.Name(); first == "" || !ok || name == first || isDerived(s.source) || b.isAside(s.source, now) {
			continue
		}
		span := layers.Span{From: to.Add(-min(comparedSpan, reach.Call)), To: to}
		if named := within([]layers.Span{span}, s.listing.Valid); len(named) == 0 || named[0] != span {
			continue
		}
		return Chunk{Source: s.source.Name(), Token: token, Interval: coarse, Span: span}, true
	}
	return Chunk{}, false
}

// compare asks for a chunk and notes how it compares with what is stored. A source that
// does not answer is asked another time.
func (b *Backfill) compare(ctx context.Context, c Chunk) error {
	source := b.Historians[slices.IndexFunc(b.Historians, func(h Historian) bool { return h.Name() == c.Source })]
	past, err := b.history(ctx, source, []Chunk{c})
	if err != nil {
		if kindOf(err) == Blocked || kindOf(err) == RateLimited {
			b.setAside(source, b.now().Add(penalty(kindOf(err), 0, 1, 0)))
		}
		return nil
	}
	samples, _ := c.take(past, b.now())
	if past.Currency == USDT {
		rates, err := b.rates(c.Span)
		if err != nil {
			return err
		}
		if samples, _, err = rates.apply(samples, nil); err != nil {
			return nil // without a price of Tether nothing can be said
		}
	}
	differences, err := b.differences(c, samples)
	if err != nil || len(differences) < comparedLeast {
		return err
	}
	c.Tried, c.Attempts, c.Status = b.now().UTC(), 1, ChunkAgrees
	median := differences[len(differences)/2]
	c.Error = fmt.Sprintf("%.2f %% apart in the median of %d, %.2f %% at worst", 100*median, len(differences), 100*differences[len(differences)-1])
	if median > anotherCoin {
		c.Status, c.Error = ChunkDiffers, c.Error+": another coin?"
		b.Logger.Warn("history differs from a second source", "token", c.Token, "source", c.Source, "found", c.Error)
	}
	err = b.book.record([]Chunk{c})
	b.tally()
	return err
}

// differences are those between samples and what other sources said at nearly the same
// time, the smallest first.
func (b *Backfill) differences(c Chunk, samples []layers.Sample) (differences []float64, err error) {
	var stored []layers.Sample
	for s, err := range b.Have(c.Token, coarse, layers.Span{From: c.Span.From.Add(-coarse), To: c.Span.To.Add(coarse)}) {
		if err != nil {
			return nil, fmt.Errorf("read history of %s: %w", c.Token, err)
		}
		if s.Source != c.Source {
			stored = append(stored, s)
		}
	}
	for _, s := range samples {
		nearest, apart := layers.Sample{}, comparedWith+1
		for _, o := range stored {
			if d := o.Time.Sub(s.Time).Abs(); d < apart {
				nearest, apart = o, d
			}
		}
		if apart <= comparedWith {
			differences = append(differences, math.Abs(s.Price.Float64()/nearest.Price.Float64()-1))
		}
	}
	slices.Sort(differences)
	return differences, nil
}
