package market

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// coinpaprika tells the prices of all coins in one call, and the past to whoever pays.
type coinpaprika struct{}

func (coinpaprika) tooMany() string { return `{"error":"you have reached maximum request limit"}` }

func (coinpaprika) read(*Venue, string, url.Values) (kind string, cost int, about Ask) {
	return "", 1, Ask{}
}

func (coinpaprika) answer(v *Venue, path string, _ url.Values, _ Ask) (int, string) {
	if path != "/tickers" {
		return http.StatusPaymentRequired, `{"error":"Getting historical OHLCV data is not allowed in this plan. Check plans on coinpaprika.com/api"}`
	}
	now := time.Now()
	var rows []string
	for _, l := range v.listings {
		rows = append(rows, fmt.Sprintf(`{"id":%s,"name":"-","symbol":"-","rank":1,"last_updated":%q,"quotes":{"USD":{"price":%s,"volume_24h":7304207651.1585,"market_cap":91094433242}}}`,
			quote(l.Symbol), now.Add(-20*time.Second).UTC().Format(time.RFC3339), v.averaged(l, now)))
	}
	return http.StatusOK, "[" + strings.Join(rows, ",") + "]"
}
