package collector

import (
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// statement is what one source said of one token in a cycle, or failed to say, on its
// way through the gates.
type statement struct {
	desk   *desk
	place  int   // of the token
	quote  Quote // as it came; without a price when there was none
	usd    amounts
	voter  voter  // once it has passed its own gates
	reason Reason // why it is not accepted; empty while nothing is held against it
	detail string // in words, where the reason does not say it all
	used   bool   // counts in the state of the token: accepted, or a repeat of what was
}

// amounts are those of a quote in US dollars, once they are known.
type amounts struct{ price, volume, marketCap layers.Decimal }

// refuse holds something against a statement.
func (s *statement) refuse(reason Reason, detail string) { s.reason, s.detail = reason, detail }

// memory is what is known of the token at the source.
func (s *statement) memory() *memory { return &s.desk.memories[s.place] }

func (s *statement) rejection() Rejection {
	return Rejection{Token: s.quote.Token, Source: s.desk.name, Reason: s.reason, Detail: s.detail}
}

// gather takes the answers of a cycle apart: one statement for each token and source,
// in order of tokens and then of sources, and what nobody had asked for.
func (c *Collector) gather(rounds []round) (said []*statement, strange []Rejection) {
	size := 0
	for _, r := range rounds {
		size += len(r.answer.Quotes) + len(r.answer.Missing)
	}
	unordered := make([]statement, 0, size)
	for _, r := range slices.SortedFunc(slices.Values(rounds), func(a, b round) int {
		return strings.Compare(a.desk.name, b.desk.name)
	}) {
		unordered, strange = c.gatherRound(r, unordered, strange)
	}
	return byPlace(unordered, len(c.slugs)), strange
}

// gatherRound takes the answer of one source apart.
func (c *Collector) gatherRound(r round, said []statement, strange []Rejection) ([]statement, []Rejection) {
	open := make([]bool, len(c.slugs)) // asked for, and nothing said of it yet
	for _, l := range r.listings {
		open[c.places[l.Token]] = true
	}
	add := func(s statement) {
		place, known := c.places[s.quote.Token]
		if !known || !open[place] {
			s.refuse(ReasonMalformed, "not asked for, or answered twice")
			strange = append(strange, s.rejection())
			return
		}
		open[place], s.place = false, place
		said = append(said, s)
	}
	for _, q := range r.answer.Quotes {
		add(statement{desk: r.desk, quote: q})
	}
	for _, m := range r.answer.Missing {
		s := statement{desk: r.desk, quote: Quote{Token: m.Token}, reason: ReasonMissing, detail: clip(m.Reason)}
		if m.Malformed {
			s.reason = ReasonMalformed
		}
		add(s)
	}
	if r.resting {
		said = c.lastWords(r, said)
	}
	return said, strange
}

// lastWords adds what a source that rests said when it was last asked.
func (c *Collector) lastWords(r round, said []statement) []statement {
	for _, l := range r.listings {
		if s, ok := r.desk.lastWord(l.Token, c.places[l.Token]); ok {
			said = append(said, s)
		}
	}
	return said
}

// byPlace puts statements in order of their tokens, those of one token as they came.
func byPlace(unordered []statement, places int) []*statement {
	ends := make([]int, places+1)
	for i := range unordered {
		ends[unordered[i].place+1]++
	}
	for i := range places {
		ends[i+1] += ends[i]
	}
	ordered := make([]*statement, len(unordered))
	for i := range unordered {
		at := &ends[unordered[i].place]
		ordered[*at] = &unordered[i]
		*at++
	}
	return ordered
}

// samples are the accepted quotes, with the one time of the cycle.
func (j *judgement) samples(at time.Time) []layers.Sample {
	samples := make([]layers.Sample, 0, len(j.said))
	for _, s := range j.said {
		if s.reason == "" {
			samples = append(samples, layers.Sample{
				Token: s.quote.Token, Source: s.desk.name, Time: at,
				Price: s.usd.price, Volume: s.usd.volume, MarketCap: s.usd.marketCap,
			})
		}
	}
	return samples
}

// rejections are the statements that were not accepted. That a source need not be asked
// yet is nothing to hold against it.
func (j *judgement) rejections() []Rejection {
	all := j.strange
	for _, s := range j.said {
		if s.reason != "" && s.reason != ReasonResting {
			all = append(all, s.rejection())
		}
	}
	return all
}
