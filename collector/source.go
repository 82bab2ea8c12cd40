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

// Historian is a source that also knows the past.
type Historian interface {
	Source
	// History asks for prices of the last span up to now, as fine as the source
	// has them for that span, oldest first.
	History(ctx context.Context, listing layers.Listing, span time.Duration) ([]layers.Sample, error)
}

// Quote is what a source says one token costs now, before any gate.
type Quote struct {
	Token string         // slug
	Price layers.Decimal // US dollars
	Time  time.Time      // the source's own time of the price; zero when it gives none
}

// Missing is a listing for which a source gave no usable price.
type Missing struct {
	Token     string
	Reason    string // "not in the answer", "price is null"
	Malformed bool   // something stood there, and it was no price
}

// Answer is what one call, or one round of calls, to a source brought.
type Answer struct {
	Quotes  []Quote
	Missing []Missing
}
