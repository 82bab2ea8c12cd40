// Package market is a local stand-in of the nine places that strata asks for prices, for
// tests of the whole program without a network.
//
// One invented market lies behind all of them. What a token costs at a source in a minute
// is a pure function of the three and of a seed, so any past can be answered and whatever a
// store holds can be held against [Market.Told]. Each place speaks as the real one does: its
// paths, its order of columns, pages that begin with the newest row, limits of rows, rows
// that are not over yet, quotes in USDT, errors inside HTTP 200. It keeps the documented limit
// of calls, refuses whoever exceeds it with 429 and Retry-After, and keeps a record of
// everything it was asked.
//
// Nothing here is shared with what reads the answers: a misunderstanding of an API would
// have to be made twice.
package market
