package kraken

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/collector/exchange"
	"strata/layers"
)

// maxRows is how many candles Kraken has of each interval, the newest; the last of
// them is not over yet.
const maxRows = 720

// Reaches says which past Kraken has: the newest 719 intervals that are over.
func (c *Client) Reaches() []collector.Reach {
	var reaches []collector.Reach
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour} {
		back := (maxRows - 1) * interval
		reaches = append(reaches, collector.Reach{Interval: interval, Call: back, Back: back, Batch: 1})
	}
	return reaches
}

// History asks for the candles of one pair.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	path, query := ohlcRequest(listings[0], interval, span)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, err
	}
	return decodeOHLC(body, listings[0], interval, span)
}

// decodeOHLC reads an answer of /0/public/OHLC, oldest first:
//
//	{"error":[],"result":{"TAO/USD":[[1782315600,"215.1","216.0","214.9","215.8","215.4","12.05",31],...],"last":1782315300}}
//
// with the beginning of the interval in seconds, open, high, low, close, average
// price, volume in tokens and number of trades. The last candle is not over yet. One
// without a trade repeats the close before it, which nobody paid: it is left out.
func decodeOHLC(body []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	result, err := decodeResult(body)
	if err != nil {
		return collector.Past{}, err
	}
	list, err := onlySeries(result.Members(), listing.Symbol)
	if err != nil {
		return collector.Past{}, collector.NewError(collector.BadAnswer, err)
	}
	past, err := exchange.Candles{
		Unit: time.Second, Open: 1, High: 2, Low: 3, Close: 4, Volume: 6, Separator: separator,
	}.Read(list, listing, interval, span)
	past.Candles = slices.DeleteFunc(past.Candles, func(k layers.Candle) bool { return !k.Volume.IsPositive() })
	if err == nil && len(past.Candles) == 0 && len(past.Missing) == 0 {
		past.Missing = []collector.Missing{{Token: listing.Token, Reason: "no trade in that span"}}
	}
	return past, err
}

// onlySeries returns the candles of the one pair that was asked for. Kraken may call
// it by its older name (XXBTZUSD for BTC/USD), but no other pair can be meant.
func onlySeries(result *decode.Members, symbol string) (series json.RawMessage, err error) {
	count := 0
	for pair, list := range result.All() {
		switch {
		case string(pair) == "last":
			continue
		case string(pair) == symbol || !bytes.Contains(pair, []byte(separator)):
			series = list
		default:
			err = errors.New("candles of another pair than was asked for")
		}
		count++
	}
	if count != 1 {
		return nil, fmt.Errorf("candles of %d pairs where one was asked for", count)
	}
	return series, err
}
