package generic

import (
	"net/url"
	"strings"

	"strata/layers"
)

// request builds the path and query of a call for listings out of the URL of the
// options. Whatever a symbol holds, it stays where it was put.
func request(template *url.URL, listings []layers.Listing) (path string, query url.Values) {
	symbols, escaped := make([]string, len(listings)), make([]string, len(listings))
	for i, l := range listings {
		symbols[i], escaped[i] = l.Symbol, url.PathEscape(l.Symbol)
	}
	// Only one of the two is in a URL, and only single listings are asked for by {symbol}.
	path = strings.NewReplacer(url.PathEscape(one), strings.Join(escaped, ","), url.PathEscape(many), strings.Join(escaped, ",")).
		Replace(template.EscapedPath())
	inQuery := strings.NewReplacer(one, strings.Join(symbols, ","), many, strings.Join(symbols, ","))
	query = template.Query()
	for _, values := range query {
		for i, value := range values {
			values[i] = inQuery.Replace(value)
		}
	}
	return path, query
}
