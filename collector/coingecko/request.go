package coingecko

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// What one call may ask for: 250 coins, which take some 4 KB of the 8 KB that
// servers commonly grant a request line.
const (
	maxIDs   = 250
	maxQuery = 7 << 10
)

const (
	day       = 24 * time.Hour
	fine      = 5 * time.Minute
	maxHourly = 90 * day  // a longer span comes in days
	maxBack   = 365 * day // for whoever does not pay
)

// latestRequest asks for the dollar prices of listings, with the time, the volume
// and the market value of each.
//
// /coins/markets brings the same for as many coins, with a time in milliseconds that
// says no more. It is not used because it takes six times the bytes, 770 a coin,
// rounds prices (49053 where this call has 16 digits), and ranks coins by market value
// in pages instead of answering id by id.
func latestRequest(listings []layers.Listing) (path string, query url.Values) {
	ids := make([]string, len(listings))
	for i, l := range listings {
		ids[i] = l.Symbol
	}
	return "/simple/price", url.Values{
		"ids":                     {strings.Join(ids, ",")},
		"vs_currencies":           {"usd"},
		"include_last_updated_at": {"true"},
		"include_24hr_vol":        {"true"},
		"include_market_cap":      {"true"},
		"precision":               {"full"},
	}
}

// historyRequest asks for the past of a coin. Asking for an interval by name is for
// paying customers; everybody else gets what follows from the span: five minutes for
// the last day up to now, hours for up to 90 days, days for more. So more than the
// span may have to be asked for to get it at that interval.
func historyRequest(listing layers.Listing, interval time.Duration, span layers.Span, now time.Time) (path string, query url.Values) {
	path = "/coins/" + url.PathEscape(listing.Symbol) + "/market_chart"
	query = url.Values{"vs_currency": {"usd"}}
	back := now.Sub(span.From)
	switch {
	case interval == fine:
		query.Set("days", "1")
	case interval == day:
		query.Set("days", days(maxBack))
	case back <= maxHourly && now.Sub(span.To) < day: // about now, which a cache answers for many
		query.Set("days", days(max(back, 2*day)))
	default:
		path += "/range"
		// By the time that CoinGecko looks, the oldest hour is out of bounds.
		from := span.From
		if oldest := now.Add(time.Hour - maxBack); from.Before(oldest) {
			from = oldest
		}
		query.Set("from", strconv.FormatInt(from.Unix(), 10))
		query.Set("to", strconv.FormatInt(span.To.Unix(), 10))
	}
	return path, query
}

// days writes how many days a span takes.
func days(span time.Duration) string {
	return strconv.FormatInt(int64((span+day-1)/day), 10)
}
