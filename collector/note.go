package collector

import (
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
	Tokens []TokenStatus  // that were asked for, ordered by token
	Heard  []Heard        // of those tokens, ordered by token, then by source; times cut to a tenth of a second
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
// before, and of a quote its exact price and its age. What hardly changes from cycle to
// cycle stands together, and so do the prices and the ages, so that whoever packs the
// notes of an hour into one has little left to pack but what is new.
//
//	note    version, {length, shape}, {length, prices}, ages
//	shape   words, down, tokens
//	words   count, {length, bytes}; from then on a word is its index from 1, 0 is ""
//	down    count, word...
//	tokens  count, {bytes shared with the token before, length, bytes, state, quotes}
//	quotes  count, {source, head, [exponent], [currency], [detail]}
//	prices  time, exponent and coefficient of rate, for each token {coefficient}
//	ages    {age}
//
// All numbers are varints. A coefficient is less that of the price before of the same
// token, brought to its exponent: prices of one token differ in their last digits. The age
// is the cycle's time less the source's, both in tenths of a second. The head has the bits
// below and the word of the reason above them. The sources of a token and how far they are
// apart follow from its quotes.
const (
	headPriced   = 1 << iota
	headForeign  // the currency is not the US dollar
	headTimed    // the source gave a time
	headUsed     // counts in the token's state
	headDetailed // has a detail
	headReason   = iota
)

// nearby is the coefficient of a price, in units of another exponent: a guess at a price
// that is nearly the same, and 0 where that is far.
func nearby(d layers.Decimal, exponent int8) int64 {
	const most = 18
	shift := int(d.Exponent) - int(exponent)
	if shift < -most || shift > most {
		return 0
	}
	unit := int64(1)
	for range max(shift, -shift) {
		unit *= 10
	}
	if shift < 0 {
		return d.Coefficient / unit
	}
	return d.Coefficient * unit // may overflow, in the same way for who writes and who reads
}

// noteVersion is the first byte of a note. Notes are kept for days only, so a program
// that writes others need not read these.
const noteVersion = 2

// maxNoteWord bounds a word of a note, so that a damaged one cannot make much of little.
const maxNoteWord = 255

// noteClock is how fine the times of quotes are kept.
const noteClock = 100 * time.Millisecond

// ticks counts a time in units of noteClock.
func ticks(t time.Time) int64 { return t.Truncate(noteClock).UnixMilli() / noteClock.Milliseconds() }

// agree gives a token the sources that its quotes name as used, and how far they are apart.
func (n Note) agree(t *TokenStatus, heard []Heard) {
	var low, high float64
	for _, h := range heard {
		if !h.Used {
			continue
		}
		price := n.Dollars(h).Float64()
		if len(t.Sources) == 0 {
			low, high = price, price
		}
		low, high = min(low, price), max(high, price)
		t.Sources = append(t.Sources, h.Source)
	}
	if len(t.Sources) > 1 && low > 0 {
		t.Spread = high/low - 1
	}
}
