package collector

import (
	"math"
	"time"

	"strata/layers"
)

// Note is what one cycle heard, kept for a while so that somebody can ask why a price
// was what it was. A note written by [Note.Encode] and read by [DecodeNote] is the same
// but for what the fields say.
type Note struct {
	Time   time.Time      // of the cycle, UTC, to the millisecond
	Rate   layers.Decimal // US dollars for one USDT as the cycle had it; zero when it had none
	Down   []string       // sources that did not answer, or were left alone
	Tokens []TokenStatus  // that were asked for, ordered by token; spreads to a millionth
	Heard  []Heard        // of those tokens, ordered by token, then by source; times to the millisecond
}

// Dollars returns what a price that was heard was in US dollars, zero when that cannot
// be told.
func (n Note) Dollars(h Heard) layers.Decimal {
	switch {
	case h.Currency == USD:
		return h.Price
	case h.Currency == USDT && n.Rate.IsPositive():
		return inDollars(h.Price, n.Rate)
	}
	return layers.Decimal{}
}

// Note returns what is worth keeping of a cycle beside its samples.
func (c Cycle) Note() Note {
	return Note{Time: c.Time, Rate: c.Rate, Down: c.Down, Tokens: c.Tokens, Heard: c.Heard}
}

// Token returns what was heard of a token, and its status; false when it was not asked
// for.
func (n Note) Token(slug string) (TokenStatus, []Heard, bool) {
	rest := n.Heard
	for _, t := range n.Tokens {
		of, after := cutToken(rest, t.Token)
		if t.Token == slug {
			return t, of, true
		}
		rest = after
	}
	return TokenStatus{}, nil, false
}

// cutToken cuts what was heard of a token off what is ordered by token. What was heard
// of tokens before it is dropped: nobody had asked for them.
func cutToken(heard []Heard, token string) (of, rest []Heard) {
	from := 0
	for from < len(heard) && heard[from].Token < token {
		from++
	}
	to := from
	for to < len(heard) && heard[to].Token == token {
		to++
	}
	return heard[from:to], heard[to:]
}

// A note is written in few bytes: words once, tokens by what differs from the one
// before, and of a quote its exact price and its age.
//
//	note    version, time, rate, words, down, tokens
//	words   count, {length, bytes}; from then on a word is its index from 1, 0 is ""
//	down    count, word...
//	tokens  count, {bytes shared with the token before, length, bytes, state, spread, quotes}
//	quotes  count, {source, head, [price], [currency], [age], [detail]}
//
// A decimal is its exponent and its coefficient, a spread counts millionths, the age is
// the cycle's time less the source's in milliseconds; all are varints. The head has the
// bits below and the word of the reason above them.
const (
	headPriced   = 1 << iota
	headForeign  // the currency is not the US dollar
	headTimed    // the source gave a time
	headUsed     // counts in the token's state
	headDetailed // has a detail
	headReason   = iota
)

// noteVersion is the first byte of a note. Notes are kept for days only, so a program
// that writes others need not read these.
const noteVersion = 1

// maxNoteWord bounds a word of a note, so that a damaged one cannot make much of little.
const maxNoteWord = 255

// spreadUnits are in a spread of 1.
const spreadUnits = 1e6

func spreadToNote(spread float64) uint64 {
	return uint64(math.Round(min(max(spread, 0), 1e6) * spreadUnits)) // NaN is written as 0
}

func spreadFromNote(units uint64) float64 { return float64(units) / spreadUnits }
