package batch

import "strata/layers"

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
