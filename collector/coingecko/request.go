package coingecko

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// maxIDs is how many coins one call may ask for.
const maxIDs = 250

const day = 24 * time.Hour

// latestRequest asks for the dollar prices of listings, with the time of each and
// with all the digits there are.
func latestRequest(listings []layers.Listing) (path string, query url.Values) {
	ids := make([]string, len(listings))
	for i, l := range listings {
		ids[i] = l.Symbol
	}
	return "/simple/price", url.Values{
		"ids":                     {strings.Join(ids, ",")},
		"vs_currencies":           {"usd"},
		"include_last_updated_at": {"true"},
		"precision":               {"full"},
	}
}

// historyRequest asks for the last days of a coin. How fine the answer is follows
// from their number: 5 minutes for one day, an hour for up to ninety; asking for an
// interval by name is for paying customers.
func historyRequest(listing layers.Listing, span time.Duration) (path string, query url.Values) {
	days := max(1, int64((span+day-1)/day))
	return "/coins/" + url.PathEscape(listing.Symbol) + "/market_chart", url.Values{
		"vs_currency": {"usd"},
		"days":        {strconv.FormatInt(days, 10)},
	}
}
