package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// Candles says how an exchange writes a candle, which is an array with these columns,
// counted from 0. The first column is the beginning of the interval, in quotes or
// not; all other numbers stand in quotes.
type Candles struct {
	Unit                           time.Duration // of the first column: time.Second or time.Millisecond
	Open, High, Low, Close, Volume int           // columns; the volume is in tokens
	Closed                         int           // column with "1" or "true" once the interval is over; 0 for none

	Separator string // as in [Tickers]
}

// Read reads a list of candles of a listing, in any order, and returns those that
// begin in span, oldest first. A candle that the exchange says is not over yet is
// left out, and so is one without a trade: it repeats the close before it, which
// nobody paid.
func (c Candles) Read(list []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	currency, err := Currency(listing.Symbol, c.Separator)
	if err != nil {
		return collector.Past{Missing: []collector.Missing{missing(listing.Token, err)}}, nil
	}
	rows, err := decode.Array(list)
	if err != nil {
		return collector.Past{}, collector.NewError(collector.BadAnswer, fmt.Errorf("candles: %w", err))
	}
	candles, err := c.all(rows, listing, interval)
	if err != nil {
		return collector.Past{}, collector.NewError(collector.BadAnswer, err)
	}
	candles = slices.DeleteFunc(candles, func(k layers.Candle) bool { return !span.Contains(k.Open) })
	past := collector.Past{Currency: currency, Candles: candles}
	if len(candles) == 0 {
		past.Missing = []collector.Missing{{
			Token: listing.Token, Reason: fmt.Sprintf("none of %d candles is over, has a trade and begins %s", len(rows), span),
		}}
	}
	return past, nil
}

// all reads rows and puts them in order.
func (c Candles) all(rows []json.RawMessage, listing layers.Listing, interval time.Duration) ([]layers.Candle, error) {
	candles := make([]layers.Candle, 0, len(rows))
	strange := 0
	for i, row := range rows {
		candle, over, err := c.candle(row)
		if err != nil {
			return nil, fmt.Errorf("candle %d: %w", i, err)
		}
		candle.Token, candle.Source, candle.Interval = listing.Token, listing.Source, interval
		switch {
		case !possible(candle):
			strange++
		case over && candle.Volume.IsPositive():
			candles = append(candles, candle)
		}
	}
	if 2*strange > len(rows) {
		return nil, fmt.Errorf("%d of %d candles contradict themselves: not the columns that were expected", strange, len(rows))
	}
	slices.SortStableFunc(candles, func(a, b layers.Candle) int { return a.Open.Compare(b.Open) })
	candles = slices.Compact(candles) // pages of some exchanges overlap by a row
	for i := 1; i < len(candles); i++ {
		if candles[i].Open.Equal(candles[i-1].Open) {
			return nil, fmt.Errorf("two candles of %s", candles[i].Open.Format(time.RFC3339))
		}
	}
	return candles, nil
}

// candle reads one row, and says whether its interval is over.
func (c Candles) candle(row json.RawMessage) (candle layers.Candle, over bool, err error) {
	columns, err := decode.Array(row)
	if err != nil {
		return candle, false, err
	}
	if need := max(c.Open, c.High, c.Low, c.Close, c.Volume) + 1; len(columns) < need {
		return candle, false, fmt.Errorf("has %d columns, at least %d were expected", len(columns), need)
	}
	if candle.Open, err = instant(columns[0], c.Unit); err != nil {
		return candle, false, fmt.Errorf("time %w", err)
	}
	for column, price := range map[int]*layers.Decimal{
		c.Open: &candle.OpenPrice, c.High: &candle.High, c.Low: &candle.Low, c.Close: &candle.Close,
	} {
		if *price, err = decode.Quoted(columns[column]); err != nil {
			return candle, false, fmt.Errorf("column %d %w", column, err)
		}
	}
	if candle.Volume, err = amount(columns[c.Volume]); err != nil {
		return candle, false, fmt.Errorf("volume %w", err)
	}
	over, err = c.over(columns)
	return candle, over, err
}

// over reads the column that says whether an interval is over. Without it the
// candle's own time has to do, which is for the caller to look at.
func (c Candles) over(columns []json.RawMessage) (bool, error) {
	if c.Closed == 0 || c.Closed >= len(columns) {
		return true, nil
	}
	switch text, err := decode.Text(columns[c.Closed]); {
	case err != nil:
		return false, fmt.Errorf("column %d %w", c.Closed, err)
	case text == "1" || text == "true":
		return true, nil
	case text == "0" || text == "false":
		return false, nil
	}
	return false, errors.New("does not say whether it is over")
}

// possible says whether a candle can be true: it begins with its interval, counted in
// UTC, and its lowest and highest prices are that.
func possible(c layers.Candle) bool {
	return c.Open.Equal(c.Open.Truncate(c.Interval)) && c.Low.IsPositive() &&
		c.Low.Cmp(c.OpenPrice) <= 0 && c.Low.Cmp(c.Close) <= 0 &&
		c.High.Cmp(c.OpenPrice) >= 0 && c.High.Cmp(c.Close) >= 0
}
