package gate

import (
	"context"
	"time"

	"strata/collector"
	"strata/layers"
)

const day = 24 * time.Hour

// Of one call, and of how far back any call reaches: 10,000 intervals by its own
// account, a few less when tried.
const (
	maxRows = 1000
	maxBack = 9990
)

// Reaches says which past Gate has.
func (c *Client) Reaches() []collector.Reach {
	var reaches []collector.Reach
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, day} {
		reaches = append(reaches, collector.Reach{
			Interval: interval, Call: (maxRows - 1) * interval, Back: maxBack * interval, Batch: 1,
		})
	}
	return reaches
}

// History asks for the candles of one market.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	path, query := candlesRequest(listings[0], interval, span)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, refusals().Explain(err)
	}
	return decodeCandles(body, listings[0], interval, span)
}
