package coinbase

import (
	"net/url"

	"strata/layers"
)

// tickerRequest is the path of one product's last trade.
func tickerRequest(listing layers.Listing) (path string) {
	return "/products/" + url.PathEscape(listing.Symbol) + "/ticker"
}
