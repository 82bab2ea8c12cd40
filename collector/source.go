package collector

import (
	"context"
	"time"

	"strata/layers"
)

// Source is a place that publishes prices.
type Source interface {
	// Name is the name under which the catalogue lists the source's symbols, and
	// the label of its metrics.
	Name() string
	// Latest asks for the newest price of each listing, in as few calls as the
	// source allows. A listing that the source does not answer for is Missing in the
	// answer, not an error. An error, an [*Error] wherever possible, says that the
	// source failed for the listings of which the answer says nothing; what it
	// does say counts all the same.
	Latest(ctx context.Context, listings []layers.Listing) (Answer, error)
	// Requests returns how many calls were made over the network so far.
	Requests() uint64
}

// Derived is a source that may say that it only repeats what other sources say. It never
// votes beside them: what it says counts for tokens that no other source has a price of.
type Derived interface {
	Derived() bool
}

// Spaced is a source that must not be asked in every cycle. It is asked in cycles that
// are at least so far apart, and its last quotes stand in between: they are no new
// samples, and neither stale nor missing.
type Spaced interface {
	Every() time.Duration
}

// Historian is a source that also knows the past.
type Historian interface {
	Source
	// Reaches says which past the source has, the finest first.
	Reaches() []Reach
	// History asks, in one call, for what listings cost in a span, at the interval of
	// one of Reaches and within its bounds. What it brings is ordered by time for each
	// token; what is not there is left out, and a listing without any is Missing.
	History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (Past, error)
}

// Reach is a past that a source has, and how much of it one call brings.
type Reach struct {
	Interval time.Duration // between two prices
	Call     time.Duration // the longest span of one call
	Back     time.Duration // how long ago a span may begin; 0 for as long as there was a market
	Batch    int           // listings of one call, at least 1
}

// Past is what one call for history brought. An exchange tells candles, an aggregator
// tells prices; nobody tells both.
type Past struct {
	Currency string          // of all prices, as in [Quote]
	Candles  []layers.Candle // Open is the start of the interval; the newest may not be over yet
	Samples  []layers.Sample // of the very times that the source gives
	Missing  []Missing
}

// The currencies of quotes.
const (
	USD  = "USD"
	USDT = "USDT" // Tether's token, which is worth about a dollar: its own price says how much
)

// Quote is what a source says one token costs now, before any gate.
type Quote struct {
	Token    string         // slug
	Price    layers.Decimal // in Currency
	Currency string         // [USD] or [USDT]; empty for US dollars
	Time     time.Time      // the source's own time of the price; zero when it gives none

	// Optional, zero when the source does not give it: traded in 24 hours, and the value
	// of all tokens in circulation, both in Currency.
	Volume, MarketCap layers.Decimal
}

// Missing is a listing for which a source gave no usable price.
type Missing struct {
	Token     string
	Reason    string // "not in the answer", "price is null"
	Malformed bool   // something stood there, and it was no price
	Unasked   bool   // the call for it failed, so that nothing is known about it
}

// Answer is what one call, or one round of calls, to a source brought.
type Answer struct {
	Quotes  []Quote
	Missing []Missing
}
