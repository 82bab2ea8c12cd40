package batch

import (
	"slices"

	"strata/layers"
)

// Cut cuts listings into batches of at most that many listings, whose symbols with
// one character between them take at most that many bytes. A symbol that is longer
// than that stands alone.
func Cut(listings []layers.Listing, most, bytes int) [][]layers.Listing {
	var batches [][]layers.Listing
	from, length := 0, 0
	for i, l := range listings {
		length += len(l.Symbol) + 1
		if i > from && (i-from == most || length-1 > bytes) {
			batches = append(batches, listings[from:i])
			from, length = i, len(l.Symbol)+1
		}
	}
	if from < len(listings) {
		batches = append(batches, listings[from:])
	}
	return batches
}

// Turn puts batches in the order in which they come after so many others: where a budget
// does not suffice for all of them, a round begins about where the one before it ended.
func Turn(batches [][]layers.Listing, before uint64) [][]layers.Listing {
	if len(batches) == 0 {
		return nil
	}
	first := before % uint64(len(batches))
	return slices.Concat(batches[first:], batches[:first])
}
