// Package batch is for sources that need several calls for one answer: it cuts
// listings into batches that fit a call, asks for a few batches at a time, and makes
// one answer of what comes.
//
// It promises that one call which fails or hangs costs its own listings and no
// others, and that a source which says "too often" or "go away" is not asked again
// in the same round.
package batch
