// Package risk turns price history and dated membership into what strata says
// about a layer: how volatile it is, how volatile its members are, how much they
// move together, and whether any of that can be trusted.
//
// Every number follows docs/METHOD.md: log returns on a fixed UTC grid, previous
// tick, zero mean, divisor n, 365 days, returns per source and then their median.
// Returns are never formed across a change of a source's name for a token, nor across
// the conversion of one token into another, whose past is otherwise spliced where the
// ratio is known.
//
// A number that cannot be published is absent and carries the reason; it is never
// 0, NaN or the last value held.
//
// An [Engine] keeps the grids of the longest window in memory, fed with every
// accepted sample, and answers for now. [Compute] answers for any instant from a
// [History]. Both run the same arithmetic on the same grids, so they agree to the
// last bit. Of the year that a layer's present is compared with, an engine keeps one
// number a day, which it recalls from a History too.
package risk
