package coingecko

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

// decodeHistory reads what lies within a span of an answer of /coins/{id}/market_chart
// or /coins/{id}/market_chart/range:
//
//	{"prices":[[1779027899041,77953.82550382407],...],"market_caps":[...],"total_volumes":[...]}
//
// with times in milliseconds, the same in all three. The last point may be the live
// price and stand out of order; null, zero and negative prices are left out. The price
// of the very end of the span is not: where it ends now, that is the newest there is.
func decodeHistory(body []byte, token string, span layers.Span) ([]layers.Sample, error) {
	var fields decode.Members
	if err := fields.Object(body); err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(&fields); err != nil {
		return nil, err
	}
	points, err := decode.Array(fields.Get("prices"))
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("prices: %w", err))
	}
	caps, volumes := decodeAmounts(fields.Get("market_caps")), decodeAmounts(fields.Get("total_volumes"))
	samples := make([]layers.Sample, 0, len(points))
	for i, point := range points {
		at, price, err := decodePoint(point)
		if errors.Is(err, decode.ErrNull) {
			continue
		}
		if err != nil {
			return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("prices[%d]: %w", i, err))
		}
		if price.IsPositive() && (span.Contains(at) || at.Equal(span.To)) {
			samples = append(samples, layers.Sample{
				Token: token, Source: Name, Time: at, Price: price.Round(keptDigits), Volume: volumes[at], MarketCap: caps[at],
			})
		}
	}
	slices.SortStableFunc(samples, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
	return slices.CompactFunc(samples, func(a, b layers.Sample) bool { return a.Time.Equal(b.Time) }), nil
}

// decodeAmounts reads a list that prices can do without: what of it cannot be read is
// left out.
func decodeAmounts(list json.RawMessage) map[time.Time]layers.Decimal {
	points, err := decode.Array(list)
	if err != nil {
		return nil
	}
	amounts := make(map[time.Time]layers.Decimal, len(points))
	for _, point := range points {
		if at, amount, err := decodePoint(point); err == nil {
			amounts[at] = decode.Amount(amount, nil)
		}
	}
	return amounts
}

// decodePoint reads a time in milliseconds and a number.
func decodePoint(point json.RawMessage) (time.Time, layers.Decimal, error) {
	pair, err := decode.Array(point)
	if err != nil {
		return time.Time{}, layers.Decimal{}, err
	}
	if len(pair) != 2 {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("has %d elements, not a time and a number", len(pair))
	}
	milliseconds, err := decode.Integer(pair[0])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("time %w", err)
	}
	number, err := decode.Number(pair[1])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("number %w", err)
	}
	return time.UnixMilli(milliseconds).UTC(), number, nil
}
