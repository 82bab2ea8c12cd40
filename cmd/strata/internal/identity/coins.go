package identity

import (
	"slices"
	"strings"
	"time"

	"strata/collector/coingecko"
	"strata/layers"
)

// CheckCoins holds the ids of CoinGecko and the tickers of the catalogue against
// CoinGecko's list of all coins.
func CheckCoins(c *layers.Catalogue, coins []coingecko.Coin, at time.Time) []Finding {
	byID := make(map[string]coingecko.Coin, len(coins))
	for _, coin := range coins {
		byID[coin.ID] = coin
	}
	var findings []Finding
	for _, l := range c.Listings(coingecko.Name, at) {
		token, _ := c.Token(l.Token)
		symbol := token.Symbol(at)
		coin, known := byID[l.Symbol]
		switch {
		case !known:
			f := about(c, l, Dead, "CoinGecko lists no such id%s", namesakes(coins, symbol))
			f.Line = ended(l, at)
			findings = append(findings, f)
		case symbol != "" && !strings.EqualFold(symbol, coin.Symbol):
			f := about(c, l, Renamed, "CoinGecko calls %s %s, the catalogue %s", coin.Name, strings.ToUpper(coin.Symbol), symbol)
			f.Place = c.TokenPlace(l.Token)
			f.At, f.Line = f.Place.String(), renamed(token.Symbols, strings.ToUpper(coin.Symbol), at)
			findings = append(findings, f)
		}
	}
	return Join(findings)
}

// mostNamesakes is how many coins of one ticker are worth naming.
const mostNamesakes = 5

// namesakes names the coins that have a ticker: one of them may be what an id has become.
func namesakes(coins []coingecko.Coin, symbol string) string {
	var names []string
	for _, coin := range coins {
		if symbol != "" && strings.EqualFold(coin.Symbol, symbol) {
			names = append(names, coin.ID+" ("+coin.Name+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	if more := len(names) - mostNamesakes; more > 0 {
		names = append(names[:mostNamesakes], "...")
	}
	return "; with the ticker " + symbol + " there are " + strings.Join(names, ", ")
}
