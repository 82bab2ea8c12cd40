package coinbase

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/collector/exchange"
	"strata/layers"
)

// maxRows is how many candles one call may ask for.
const maxRows = 300

// maxCached is how old an answer with candles may be.
const maxCached = 300 * time.Second

// Reaches says which past Coinbase has: all of it, since a product was listed.
func (c *Client) Reaches() []collector.Reach {
	var reaches []collector.Reach
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour} {
		reaches = append(reaches, collector.Reach{Interval: interval, Call: maxRows * interval, Batch: 1})
	}
	return reaches
}

// History asks for the candles of one product.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	path, query := candlesRequest(listings[0], interval, span)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, err
	}
	return decodeCandles(body, listings[0], interval, span, time.Now().Add(-maxCached))
}

// decodeCandles reads an answer of /products/{id}/candles, newest first:
//
//	[[1755496620,115703.97,115743.7,115733.6,115739.93,0.61798602],...]
//
// with the beginning of the interval in seconds, LOW, HIGH, OPEN, CLOSE, and the
// volume in tokens. An interval without a trade has no candle. What is left out is a
// candle that cannot be true, and one that was perhaps not over yet when the answer
// was made, at asOf or later.
func decodeCandles(body []byte, listing layers.Listing, interval time.Duration, span layers.Span, asOf time.Time) (collector.Past, error) {
	missing := func(reason string) []collector.Missing {
		return []collector.Missing{{Token: listing.Token, Reason: reason}}
	}
	currency, err := exchange.Currency(listing.Symbol, separator)
	if err != nil {
		return collector.Past{Missing: missing(err.Error())}, nil
	}
	rows, err := decode.Array(body)
	if err != nil {
		return collector.Past{}, collector.NewError(collector.BadAnswer, fmt.Errorf("candles: %w", err))
	}
	past := collector.Past{Currency: currency}
	for i, row := range rows {
		candle, err := decodeCandle(row)
		if err != nil {
			return collector.Past{}, collector.NewError(collector.BadAnswer, fmt.Errorf("candle %d: %w", i, err))
		}
		candle.Token, candle.Source, candle.Interval = listing.Token, Name, interval
		if span.Contains(candle.Open) && possible(candle) && !candle.Open.Add(interval).After(asOf) {
			past.Candles = append(past.Candles, candle)
		}
	}
	slices.SortStableFunc(past.Candles, func(a, b layers.Candle) int { return a.Open.Compare(b.Open) })
	past.Candles = slices.CompactFunc(past.Candles, func(a, b layers.Candle) bool { return a.Open.Equal(b.Open) })
	if len(past.Candles) == 0 {
		past.Missing = missing("no trade in an interval that is over")
	}
	return past, nil
}

func decodeCandle(row json.RawMessage) (c layers.Candle, err error) {
	columns, err := decode.Array(row)
	if err != nil {
		return c, err
	}
	if len(columns) != 6 {
		return c, fmt.Errorf("has %d columns, not 6", len(columns))
	}
	begin, err := decode.Integer(columns[0])
	if err != nil {
		return c, fmt.Errorf("time %w", err)
	}
	c.Open = time.Unix(begin, 0).UTC()
	for i, number := range []*layers.Decimal{&c.Low, &c.High, &c.OpenPrice, &c.Close, &c.Volume} {
		if *number, err = decode.Number(columns[i+1]); err != nil {
			return c, fmt.Errorf("column %d %w", i+1, err)
		}
	}
	return c, nil
}

// possible says whether a candle can be true: it begins with its interval, somebody
// traded, and no price lies outside lowest and highest.
func possible(c layers.Candle) bool {
	return c.Open.Equal(c.Open.Truncate(c.Interval)) && c.Volume.IsPositive() && c.Low.IsPositive() &&
		c.Low.Cmp(c.OpenPrice) <= 0 && c.Low.Cmp(c.Close) <= 0 &&
		c.High.Cmp(c.OpenPrice) >= 0 && c.High.Cmp(c.Close) >= 0
}
