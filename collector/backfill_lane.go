package collector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// How long a source is left alone that cannot be reached, and how many calls in a row
// fail, or are refused as too many, before that is clear.
const (
	unreachableRest = time.Minute
	maxUnreachable  = 3
	maxRefusals     = 6
)

// lane is the chunks that one source is asked for, one call after the other.
type lane struct {
	b       *Backfill
	source  Historian
	queue   []Chunk
	lost    int   // calls in a row that brought nothing for want of the source
	failed  int   // chunks
	lastErr error // of them
}

// run asks for one chunk after the other until none is left or the source is gone.
func (l *lane) run(ctx context.Context) error {
	for len(l.queue) > 0 {
		call := l.next()
		l.b.note(func(p *Progress) { p.Current = call[0].Token })
		err := l.call(ctx, call)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case isFatal(err):
			return err
		case kindOf(err) == Blocked:
			l.b.setAside(l.source, l.b.now().Add(blockedWait))
			l.b.Logger.Warn("source wants no backfill", "source", l.source.Name(), "error", err.Error())
			return fmt.Errorf("backfill from %s: %w", l.source.Name(), err)
		case l.lost == maxUnreachable:
			l.b.setAside(l.source, l.b.now().Add(unreachableRest))
			return fmt.Errorf("backfill from %s: it cannot be reached: %w", l.source.Name(), err)
		}
	}
	if l.failed > 0 {
		return fmt.Errorf("backfill from %s: %d chunks failed, the last because: %w", l.source.Name(), l.failed, l.lastErr)
	}
	return nil
}

// next takes the chunks of one call off the queue: of as many tokens as the source
// answers for at once.
func (l *lane) next() []Chunk {
	first := l.queue[0]
	reach, _ := reachAt(l.source, first.Interval)
	n := 1
	for n < len(l.queue) && n < reach.Batch && l.queue[n].Interval == first.Interval &&
		l.queue[n].Span == first.Span && l.queue[n].Token != first.Token {
		n++
	}
	call := l.queue[:n]
	l.queue = l.queue[n:]
	return call
}

// call asks for chunks of the same span and takes note of what became of each.
func (l *lane) call(ctx context.Context, chunks []Chunk) error {
	past, err := l.ask(ctx, chunks)
	if ctx.Err() != nil {
		return ctx.Err() // broken off, which is no failure of the chunk
	}
	l.count(err)
	if err != nil && kindOf(err) == Blocked {
		return err // it is we who are not wanted
	}
	var settled []Chunk
	for _, c := range chunks {
		c.Tried, c.Attempts = l.b.now().UTC(), c.Attempts+1
		if err != nil {
			settled = append(settled, c.failed(err))
			continue
		}
		became, broken := l.b.bring(c, past)
		if broken != nil {
			return &fatalError{broken}
		}
		settled = append(settled, became...)
	}
	var others []Chunk
	if len(chunks) == 1 && kindOf(err) == NotFound {
		others = l.giveUp(chunks[0], err)
	}
	if broken := l.b.book.record(slices.Concat(settled, others)); broken != nil {
		return &fatalError{broken}
	}
	l.tell(settled, l.lost > 0)
	l.b.note(func(p *Progress) { p.Done, p.Failed = p.Done+len(chunks)+len(others), p.Failed+len(others) })
	return err
}

// giveUp takes the other chunks off the queue for which the source would be asked by the
// same name, which it does not know.
func (l *lane) giveUp(unknown Chunk, err error) (others []Chunk) {
	name, _ := l.b.listing(unknown)
	l.queue = slices.DeleteFunc(slices.Clone(l.queue), func(c Chunk) bool {
		if listing, ok := l.b.listing(c); !ok || listing != name {
			return false
		}
		c.Tried = l.b.now().UTC()
		others = append(others, c.failed(err))
		return true
	})
	return others
}

// count counts calls in a row that failed for want of the source.
func (l *lane) count(err error) {
	if l.lost++; err == nil || !speaksOfSource(kindOf(err)) {
		l.lost = 0
	}
}

// tell adds chunks to the progress, and a line to the log for each that failed. That the
// source is lost is said once, at the end, and not of every chunk.
func (l *lane) tell(settled []Chunk, lost bool) {
	level := slog.LevelWarn
	if lost {
		level = slog.LevelDebug
	}
	for _, c := range settled {
		bad := c.Status == ChunkFailed || c.Status == ChunkGivenUp
		if bad {
			l.b.Logger.Log(context.Background(), level, "backfill of a chunk failed", "token", c.Token, "source", c.Source, "from", c.Span.From,
				"to", c.Span.To, "attempts", c.Attempts, "status", string(c.Status), "error", c.Error)
		}
		if c.Status == ChunkFailed {
			l.failed, l.lastErr = l.failed+1, errors.New(c.Error)
		}
		l.b.note(func(p *Progress) {
			p.Samples += c.Samples
			if bad {
				p.Failed++
			}
		})
	}
	l.b.tally()
}

// ask makes one call, and comes back as often as it is told to come later.
func (l *lane) ask(ctx context.Context, chunks []Chunk) (Past, error) {
	for n := 1; ; n++ {
		past, err := l.b.history(ctx, l.source, chunks)
		failure, ok := errors.AsType[*Error](err)
		if !ok || failure.Kind != RateLimited || n == maxRefusals {
			return past, err
		}
		pause := penalty(RateLimited, failure.RetryAfter, n, 0)
		l.b.Logger.Info("backfill waits", "source", l.source.Name(), "wait_seconds", pause.Seconds())
		if !rest(ctx, pause) {
			return Past{}, err
		}
	}
}

// rest does nothing for a while. It returns false when ctx has ended.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
