package collector

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// stretch is a part of the past that is filled for all tokens before the next one is
// begun.
type stretch struct {
	span layers.Span
	// How fine, as far as a source reaches; what no source has at one interval is asked
	// for at the next.
	intervals []time.Duration
}

const (
	fine   = 5 * time.Minute
	coarse = time.Hour
	daily  = 24 * time.Hour
)

// stretches are what the 24h numbers need first, then what 7d and 30d need, then the
// rest of so many days. They overlap by less than an hour.
func stretches(now time.Time, days int) []stretch {
	ago := func(days int, step time.Duration) time.Time {
		return now.UTC().Add(-time.Duration(days) * daily).Truncate(step)
	}
	month := max(1, min(30, days))
	all := []stretch{
		{layers.Span{From: ago(1, fine), To: now.UTC().Truncate(fine)}, []time.Duration{fine, coarse}},
		{layers.Span{From: ago(month, coarse), To: ago(1, coarse).Add(coarse)}, []time.Duration{coarse, daily}},
		{layers.Span{From: ago(days, coarse), To: ago(month, coarse)}, []time.Duration{coarse, daily}},
	}
	return slices.DeleteFunc(all, func(s stretch) bool { return !s.span.From.Before(s.span.To) })
}

// least is the shortest hole worth asking for: shorter ones hurt no number, and a thin
// market or a slow schedule is full of them.
func (b *Backfill) least(interval time.Duration) time.Duration {
	switch interval {
	case fine:
		return max(b.Least, 30*time.Minute)
	case coarse:
		return max(b.Least, 2*coarse)
	}
	return max(b.Least, interval)
}

// supplier is a source that may be asked for the past of a token, by one of the names that
// it has or had for it.
type supplier struct {
	source  Historian
	listing layers.Listing
}

// roster says which sources may be asked for which live token, the best one first. A name
// that is no longer valid is one for the past.
func (b *Backfill) roster(now time.Time) map[string][]supplier {
	roster := make(map[string][]supplier)
	for _, h := range b.Historians {
		for _, token := range b.Catalogue.Tokens() {
			if token.State(now) != layers.Live {
				continue
			}
			for _, listing := range token.Listings {
				if listing.Source == h.Name() && b.wants(listing) {
					roster[token.Slug] = append(roster[token.Slug], supplier{h, listing})
				}
			}
		}
	}
	return roster
}

// wants says whether a listing is among those that the backfill is limited to. Without
// the price of Tether the others could not be told in dollars.
func (b *Backfill) wants(l layers.Listing) bool {
	return l.Token == tetherSlug || (b.Token == "" || b.Token == l.Token) && (b.Source == "" || b.Source == l.Source)
}

// order returns the tokens of a roster, those first on which a layer's number hangs.
func (b *Backfill) order(roster map[string][]supplier, now time.Time) []string {
	rank := func(slug string) int {
		token, _ := b.Catalogue.Token(slug)
		if _, member := token.Primary(now); member || token.Benchmark {
			return 0
		}
		return 1
	}
	tokens := make([]string, 0, len(roster))
	for token := range roster {
		tokens = append(tokens, token)
	}
	slices.SortFunc(tokens, func(a, b string) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b)) })
	return tokens
}

// plan returns the chunks that are to be asked for now, in that order.
func (b *Backfill) plan(roster map[string][]supplier, tokens []string, now time.Time) (due []Chunk, err error) {
	for _, s := range stretches(now, cmp.Or(b.Days, DefaultDays)) {
		for _, token := range tokens {
			open, err := holes(b.Have(token, s.intervals[0], s.span), s.span, s.intervals[0])
			if err != nil {
				return nil, fmt.Errorf("read history of %s: %w", token, err)
			}
			p := planner{b: b, token: token, known: b.book.of(token), now: now, open: open}
			for _, interval := range s.intervals {
				p.assign(roster[token], interval)
			}
			due = append(due, p.due...)
		}
	}
	return due, nil
}

// planner shares out the holes of one stretch of one token.
type planner struct {
	b     *Backfill
	token string
	known []Chunk // of the ledger
	now   time.Time
	open  []layers.Span // that nobody is to be asked for yet
	due   []Chunk
}

// assign gives every hole to the first source that reaches it at an interval, so that the
// stamps of two sources do not interleave. No chunk reaches beyond the time of a name.
func (p *planner) assign(candidates []supplier, interval time.Duration) {
	p.open = worthwhile(without(p.open, brought(p.known, interval)...), p.b.least(interval))
	for _, c := range candidates {
		reach, ok := reachAt(c.source, interval)
		if !ok || p.b.isAside(c.source, p.now) {
			continue
		}
		mine := within(within(p.open, reach.bounds(p.now)), c.listing.Valid)
		mine = p.settled(c.source.Name(), interval, mine)
		mine = worthwhile(mine, p.b.least(interval))
		for _, span := range cut(mine, reach.Call) {
			p.due = append(p.due, Chunk{Source: c.source.Name(), Token: p.token, Interval: interval, Span: span})
		}
		p.open = without(p.open, mine...)
	}
}

// settled takes out of the spans of a source what the ledger says of it: a chunk that
// failed waits for its next attempt and is nobody else's, one that is empty or given up is
// left for the next source.
func (p *planner) settled(source string, interval time.Duration, mine []layers.Span) []layers.Span {
	for _, c := range p.known {
		if c.Source != source || c.Interval != interval || len(within(mine, c.Span)) == 0 {
			continue
		}
		anew := p.b.Again && c.Tried.Before(p.b.started)
		switch {
		case c.Status == ChunkFailed || c.Status == ChunkGivenUp && anew:
			if anew || p.b.isDue(c, p.now) {
				p.due = append(p.due, c)
			}
			p.open = without(p.open, c.Span)
			mine = without(mine, c.Span)
		case c.Status == ChunkEmpty || c.Status == ChunkGivenUp:
			mine = without(mine, c.Span)
		}
	}
	return mine
}

// reachAt returns how a source reaches at an interval.
func reachAt(h Historian, interval time.Duration) (Reach, bool) {
	reaches := h.Reaches()
	i := slices.IndexFunc(reaches, func(r Reach) bool { return r.Interval == interval })
	if i < 0 {
		return Reach{}, false
	}
	return reaches[i], true
}

// bounds is the span that a source knows, in whole intervals.
func (r Reach) bounds(now time.Time) layers.Span {
	if r.Back == 0 {
		return layers.Span{}
	}
	return layers.Span{From: now.UTC().Add(-r.Back).Truncate(r.Interval).Add(r.Interval)}
}
