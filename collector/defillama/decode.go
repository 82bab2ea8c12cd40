package defillama

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

// keptDigits is how many significant digits are kept of an average that was computed
// in floating point (docs/adr/0008).
const keptDigits = 10

// leastConfidence is the least that DefiLlama gives a price which is traded or
// averaged over markets; what is derived from little liquidity has less.
const leastConfidence = 0.9

// What is said of a coin that has no price.
var (
	errAbsent   = errors.New("not in the answer")
	errNoPrices = errors.New("no price in that span")
	errDoubtful = fmt.Errorf("DefiLlama's confidence in the price is below %v", leastConfidence)
)

// decodeLatest reads an answer of /prices/current/{coins}:
//
//	{"coins":{"coingecko:chainlink":{"decimals":18,"symbol":"LINK","price":17.22,"timestamp":1741276615,"confidence":0.99}}}
func decodeLatest(body []byte, listings []layers.Listing) (collector.Answer, error) {
	coins, err := decodeCoins(body)
	if err != nil {
		return collector.Answer{}, err
	}
	var answer collector.Answer
	for _, listing := range listings {
		at, price, err := decodeCoin(coins[listing.Symbol])
		if err != nil {
			answer.Missing = append(answer.Missing, missing(listing, err))
			continue
		}
		answer.Quotes = append(answer.Quotes, collector.Quote{Token: listing.Token, Price: price, Time: at})
	}
	return answer, nil
}

func decodeCoin(coin json.RawMessage) (time.Time, layers.Decimal, error) {
	fields, err := decodeFields(coin)
	if err != nil {
		return time.Time{}, layers.Decimal{}, err
	}
	return decodePoint(fields)
}

// decodeChart reads what lies within a span of an answer of /chart/{coins}:
//
//	{"coins":{"coingecko:bittensor":{"symbol":"TAO","confidence":0.99,"prices":[{"timestamp":1666790570,"price":0.984519}]}}}
//
// A null, zero or negative price is left out, that of the very end of the span is not;
// two points may have found the same price.
func decodeChart(body []byte, listings []layers.Listing, span layers.Span) (collector.Past, error) {
	coins, err := decodeCoins(body)
	if err != nil {
		return collector.Past{}, err
	}
	past := collector.Past{Currency: collector.USD}
	for _, listing := range listings {
		samples, err := decodePrices(coins[listing.Symbol], listing.Token, span)
		if err == nil && len(samples) == 0 {
			err = errNoPrices
		}
		if err != nil {
			past.Missing = append(past.Missing, missing(listing, err))
		}
		past.Samples = append(past.Samples, samples...)
	}
	return past, nil
}

func decodePrices(coin json.RawMessage, token string, span layers.Span) ([]layers.Sample, error) {
	fields, err := decodeFields(coin)
	if err != nil {
		return nil, err
	}
	points, err := decode.Array(fields["prices"])
	if err != nil {
		return nil, fmt.Errorf("prices: %w", err)
	}
	var samples []layers.Sample
	for i, text := range points {
		point, err := decode.Object(text)
		if err != nil {
			return nil, fmt.Errorf("prices[%d]: %w", i, err)
		}
		at, price, err := decodePoint(point)
		switch {
		case errors.Is(err, decode.ErrNull):
		case err != nil:
			return nil, fmt.Errorf("prices[%d]: %w", i, err)
		case price.IsPositive() && (span.Contains(at) || at.Equal(span.To)):
			samples = append(samples, layers.Sample{Token: token, Source: Name, Time: at, Price: price})
		}
	}
	slices.SortStableFunc(samples, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
	return slices.CompactFunc(samples, func(a, b layers.Sample) bool { return a.Time.Equal(b.Time) }), nil
}

// decodeCoins opens the envelope.
func decodeCoins(body []byte) (map[string]json.RawMessage, error) {
	envelope, err := decode.Object(body)
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	coins, err := decode.Table(envelope["coins"])
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("coins: %w", err))
	}
	return coins, nil
}

// decodeFields opens a coin, unless DefiLlama says itself that it had better not be
// believed. Old prices come without a confidence.
func decodeFields(coin json.RawMessage) (map[string]json.RawMessage, error) {
	if len(coin) == 0 {
		return nil, errAbsent
	}
	fields, err := decode.Object(coin)
	if err != nil {
		return nil, fmt.Errorf("coin %w", err)
	}
	text, ok := fields["confidence"]
	if !ok {
		return fields, nil
	}
	confidence, err := decode.Number(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("confidence %w", err)
	case confidence.Float64() < leastConfidence:
		return nil, errDoubtful
	}
	return fields, nil
}

// decodePoint reads a price and its time in seconds.
func decodePoint(fields map[string]json.RawMessage) (time.Time, layers.Decimal, error) {
	price, err := decode.Number(fields["price"])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("price %w", err)
	}
	seconds, err := decode.Integer(fields["timestamp"])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("timestamp %w", err)
	}
	return time.Unix(seconds, 0).UTC(), price.Round(keptDigits), nil
}

// missing tells what is not there from what stands there and is no price.
func missing(listing layers.Listing, err error) collector.Missing {
	well := errors.Is(err, errAbsent) || errors.Is(err, errNoPrices) || errors.Is(err, errDoubtful) || errors.Is(err, decode.ErrNull)
	return collector.Missing{Token: listing.Token, Reason: err.Error(), Malformed: !well}
}
