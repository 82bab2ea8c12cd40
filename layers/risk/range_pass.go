package risk

import (
	"context"
	"time"

	"strata/layers"
)

// readAtOnce is how much of a token is read before the next token's turn: long enough
// for the store to read whole days, short enough to hold in memory.
const readAtOnce = 4 * 24 * time.Hour

// pass reads the history of some tokens once, from the window before the first instant
// on, and stops at each instant with everything known up to then.
type pass struct {
	catalogue *layers.Catalogue
	history   History
	instants  Instants
	reach     time.Duration // of the window
	tracks    []*track
}

// run calls a function at each instant until it returns false.
func (p *pass) run(ctx context.Context, point func(at time.Time) bool) error {
	at := p.instants.Start
	for from := at.Add(-p.reach); at.Before(p.instants.End); {
		to := from.Truncate(readAtOnce).Add(readAtOnce)
		if to.After(p.instants.End) {
			to = p.instants.End
		}
		if err := p.read(ctx, layers.Span{From: from, To: to}); err != nil {
			return err
		}
		for ; at.Before(to); at = at.Add(p.instants.Step) {
			if err := ctx.Err(); err != nil {
				return err
			}
			p.advance(at.UnixMilli())
			if !point(at) {
				return nil
			}
		}
		p.advance(to.UnixMilli() - 1) // what is stamped with the end is yet to be read
		from = to
	}
	return nil
}

func (p *pass) read(ctx context.Context, span layers.Span) error {
	for _, t := range p.tracks {
		if err := t.read(ctx, p.catalogue, p.history, span); err != nil {
			return err
		}
	}
	return nil
}

func (p *pass) advance(ms int64) {
	for _, t := range p.tracks {
		t.advance(ms)
	}
}
