package binance

import (
	"time"

	"strata/collector"
	"strata/collector/exchange"
	"strata/layers"
)

// forgetAfter is how long a market that Binance did not know is left out of the batch.
const forgetAfter = time.Hour

// split sets aside the listings that Binance lately did not know.
func (c *Client) split(listings []layers.Listing) (known []layers.Listing, missing []collector.Missing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range listings {
		if since, ok := c.unknown[l.Symbol]; ok && time.Since(since) < forgetAfter {
			missing = append(missing, collector.Missing{Token: l.Token, Reason: exchange.Absent})
			continue
		}
		known = append(known, l)
	}
	return known, missing
}

// remember notes what is missing from an answer that has all markets.
func (c *Client) remember(listings []layers.Listing, missing []collector.Missing) {
	absent := make(map[string]bool, len(missing))
	for _, m := range missing {
		absent[m.Token] = m.Reason == exchange.Absent
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range listings {
		if absent[l.Token] {
			c.unknown[l.Symbol] = time.Now()
		}
	}
}
