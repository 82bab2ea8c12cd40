package kraken

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// unknownReason is what is said of a pair that Kraken does not have.
const unknownReason = "not in the answer"

// errUnknownPair says that one of the pairs asked for does not exist; Kraken does
// not say which.
var errUnknownPair = errors.New("unknown asset pair")

// errSilent says that the last trade is more than a day old.
var errSilent = errors.New("no trade in the last 24 hours")

// decodeTicker reads an answer of /0/public/Ticker:
//
//	{"error":[],"result":{"TAO/USD":{"c":["215.79490000","0.20533"],"t":[3321,4405],...}}}
//
// where c is price and size of the last trade, t the number of trades today and in
// the last 24 hours.
func decodeTicker(body []byte, listings []layers.Listing) (collector.Answer, error) {
	pairs, err := decodeResult(body)
	if err != nil {
		return collector.Answer{}, err
	}
	var answer collector.Answer
	for _, listing := range listings {
		ticker, ok := pairs[listing.Symbol]
		if !ok {
			answer.Missing = append(answer.Missing, collector.Missing{Token: listing.Token, Reason: unknownReason})
			continue
		}
		price, err := decodePrice(ticker)
		if err != nil {
			answer.Missing = append(answer.Missing, collector.Missing{
				Token: listing.Token, Reason: err.Error(), Malformed: !errors.Is(err, errSilent) && !errors.Is(err, decode.ErrNull),
			})
			continue
		}
		answer.Quotes = append(answer.Quotes, collector.Quote{Token: listing.Token, Price: price})
	}
	return answer, nil
}

// decodeResult opens the envelope in which Kraken puts everything.
func decodeResult(body []byte) (map[string]json.RawMessage, error) {
	envelope, err := decode.Object(body)
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(envelope["error"]); err != nil {
		return nil, err
	}
	result, ok := envelope["result"]
	if !ok {
		return nil, collector.NewError(collector.BadAnswer, errors.New("no result in the answer"))
	}
	pairs, err := decode.Table(result)
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("result: %w", err))
	}
	return pairs, nil
}

func decodePrice(ticker json.RawMessage) (layers.Decimal, error) {
	fields, err := decode.Object(ticker)
	if err != nil {
		return layers.Decimal{}, fmt.Errorf("ticker %w", err)
	}
	last, err := decode.Array(fields["c"])
	if err != nil || len(last) == 0 {
		return layers.Decimal{}, errors.New("no last trade in the ticker")
	}
	trades, err := decode.Array(fields["t"])
	if err != nil || len(trades) != 2 {
		return layers.Decimal{}, errors.New("no number of trades in the ticker")
	}
	count, err := decode.Integer(trades[1])
	switch {
	case err != nil:
		return layers.Decimal{}, fmt.Errorf("number of trades %w", err)
	case count == 0:
		return layers.Decimal{}, errSilent
	}
	price, err := decode.Quoted(last[0])
	if err != nil {
		return layers.Decimal{}, fmt.Errorf("price %w", err)
	}
	return price, nil
}

// errorInside reads the list of errors, each a severity letter, a category and a
// text: "EQuery:Unknown asset pair". A warning (W) spoils nothing.
func errorInside(list json.RawMessage) error {
	var texts []string
	if err := json.Unmarshal(list, &texts); err != nil {
		return collector.NewError(collector.BadAnswer, errors.New("no list of errors in the answer"))
	}
	texts = slices.DeleteFunc(texts, func(text string) bool { return strings.HasPrefix(text, "W") })
	if len(texts) == 0 {
		return nil
	}
	all := strings.Join(texts, ", ")
	kind := kindOf(all)
	if kind == collector.NotFound {
		return collector.NewError(kind, fmt.Errorf("%w (%s)", errUnknownPair, all))
	}
	return collector.NewError(kind, errors.New(all))
}

func kindOf(text string) collector.Kind {
	switch {
	case strings.Contains(text, "Rate limit"), strings.Contains(text, "Too many requests"),
		strings.Contains(text, "Throttled"), strings.Contains(text, "lockout"):
		return collector.RateLimited
	case strings.HasPrefix(text, "EService:"):
		return collector.Unavailable
	case strings.HasPrefix(text, "EQuery:"):
		return collector.NotFound
	case strings.Contains(text, "Permission denied"):
		return collector.Blocked
	}
	return collector.BadAnswer
}
