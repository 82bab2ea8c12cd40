package coinpaprika

import "net/url"

// tickersRequest asks for all coins, in dollars. There is a call for one coin and a
// call for all, but none for some.
func tickersRequest() (path string, query url.Values) {
	return "/tickers", url.Values{"quotes": {"USD"}}
}
