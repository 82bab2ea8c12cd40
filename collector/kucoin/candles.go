package kucoin

import (
	"context"
	"time"

	"strata/collector"
	"strata/layers"
)

const day = 24 * time.Hour

// maxRows is what one call brings at most.
const maxRows = 1500

// Reaches says which past KuCoin has: all of it.
func (c *Client) Reaches() []collector.Reach {
	var reaches []collector.Reach
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, day} {
		// One row less than there may be: a candle that begins right at the end would push
		// the oldest one out, and nobody would know.
		reaches = append(reaches, collector.Reach{Interval: interval, Call: (maxRows - 1) * interval, Batch: 1})
	}
	return reaches
}

// History asks for the candles of one market.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	path, query := candlesRequest(listings[0], interval, span)
	body, err := c.http.GetCosting(ctx, candlesWeight, path, query)
	if err != nil {
		return collector.Past{}, refusals().Explain(err)
	}
	return decodeCandles(body, listings[0], interval, span)
}
