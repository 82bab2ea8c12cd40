package defillama

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// What one call may ask for. Servers commonly grant a request line 8 KB; a hundred
// ids take some 3.
const (
	maxCoins = 100
	maxPath  = 6 << 10
)

// What one call for the past may ask for: so many points in all, of so many coins. Two
// coins together halve the calls after a night asleep, and leave each a span that is
// long enough to be worth a call of its own.
const (
	maxPoints = 500
	together  = 2
)

// latestRequest is the path of the latest prices of listings.
func latestRequest(listings []layers.Listing) (path string) {
	return "/prices/current/" + ids(listings)
}

// chartRequest asks for one price an interval from the beginning of a span on. The
// price nearest to each point is given, with its own time, if there is one within half
// an interval; by default it would be within a tenth, which thin coins often miss.
func chartRequest(listings []layers.Listing, interval time.Duration, span layers.Span) (path string, query url.Values) {
	points := (span.To.Sub(span.From) + interval - 1) / interval
	return "/chart/" + ids(listings), url.Values{
		"start":       {strconv.FormatInt(span.From.Unix(), 10)},
		"span":        {strconv.FormatInt(int64(points), 10)},
		"period":      {nameOf(interval)},
		"searchWidth": {strconv.FormatInt(int64(interval/2/time.Second), 10)},
	}
}

// nameOf is how DefiLlama calls an interval.
func nameOf(interval time.Duration) string {
	switch {
	case interval%(24*time.Hour) == 0:
		return strconv.FormatInt(int64(interval/(24*time.Hour)), 10) + "d"
	case interval%time.Hour == 0:
		return strconv.FormatInt(int64(interval/time.Hour), 10) + "h"
	}
	return strconv.FormatInt(int64(interval/time.Minute), 10) + "m"
}

// ids writes the ids of listings as one element of a path.
func ids(listings []layers.Listing) string {
	escaped := make([]string, len(listings))
	for i, l := range listings {
		escaped[i] = url.PathEscape(l.Symbol)
	}
	return strings.Join(escaped, ",")
}
