// Package layers is the model that everything else of strata speaks: tokens,
// the layers of the crypto-AI stack they stand in, and exact price samples.
//
// The catalogue says which token was a member of which layer at which time.
// Memberships, listings and symbols are dated, everything is keyed by permanent
// slugs of our own (a ticker names several coins and changes its coin over time),
// and a sample is tagged by the membership valid at its own time, never by
// today's.
//
// The package promises:
//
//   - prices stay exact: a [Decimal] is an integer and an exponent, and what was
//     parsed is what is printed;
//   - a [Catalogue] that was loaded is consistent, or loading said everything that
//     is wrong with it at once;
//   - values are immutable after loading and safe for concurrent use.
//
// It imports nothing of strata.
package layers
