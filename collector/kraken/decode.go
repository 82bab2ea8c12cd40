package kraken

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"strata/collector"
	"strata/collector/decode"
	"strata/collector/exchange"
	"strata/layers"
)

// separator stands between token and currency: "TAO/USD".
const separator = "/"

// unknownReason is what is said of a pair that Kraken does not have.
const unknownReason = "not in the answer"

// errUnknownPair says that one of the pairs asked for does not exist; Kraken does
// not say which.
var errUnknownPair = errors.New("unknown asset pair")

// errSilent says that the last trade is more than a day old.
var errSilent = errors.New("no trade in the last 24 hours")

// decodeTicker reads an answer of /0/public/Ticker:
//
//	{"error":[],"result":{"TAO/USD":{"c":["215.79490000","0.20533"],"v":["9204.1","13021.7"],"p":["217.1","219.9"],"t":[3321,4405],...}}}
//
// where c is price and size of the last trade; of the others the first is of today
// and the second of the last 24 hours: v the volume in tokens, p the average price
// weighted by it, t the number of trades. So the second of v times that of p is the
// turnover, exact but for rounding.
func decodeTicker(body []byte, listings []layers.Listing) (collector.Answer, error) {
	pairs, err := decodeResult(body)
	if err != nil {
		return collector.Answer{}, err
	}
	answer := collector.Answer{Quotes: make([]collector.Quote, 0, len(listings))}
	for _, listing := range listings {
		ticker, err := pairs.Row(listing.Symbol)
		if errors.Is(err, decode.ErrAbsent) {
			answer.Missing = append(answer.Missing, collector.Missing{Token: listing.Token, Reason: unknownReason})
			continue
		}
		quote, err := decodePair(ticker, err)
		if err != nil {
			answer.Missing = append(answer.Missing, collector.Missing{
				Token: listing.Token, Reason: err.Error(), Malformed: !errors.Is(err, errSilent) && !errors.Is(err, decode.ErrNull),
			})
			continue
		}
		quote.Token = listing.Token
		if currency, err := exchange.Currency(listing.Symbol, separator); err == nil {
			quote.Currency = currency
		}
		answer.Quotes = append(answer.Quotes, quote)
	}
	return answer, nil
}

// decodeResult opens the envelope in which Kraken puts everything.
func decodeResult(body []byte) (*decode.Rows, error) {
	var envelope decode.Members
	result := decode.NewRows("c", "t", "v", "p")
	if err := result.TableIn(&envelope, body, "result"); err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(envelope.Get("error")); err != nil {
		return nil, err
	}
	switch err := result.Err(); {
	case errors.Is(err, decode.ErrAbsent):
		return nil, collector.NewError(collector.BadAnswer, errors.New("no result in the answer"))
	case err != nil:
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("result: %w", err))
	}
	return result, nil
}

// decodePair takes a ticker, or what is wrong with it.
func decodePair(ticker decode.Row, err error) (collector.Quote, error) {
	if err != nil {
		return collector.Quote{}, fmt.Errorf("ticker %w", err)
	}
	last, err := decode.AppendArray(make([]json.RawMessage, 0, 2), ticker.Get("c"))
	if err != nil || len(last) == 0 {
		return collector.Quote{}, errors.New("no last trade in the ticker")
	}
	trades, err := decode.AppendArray(make([]json.RawMessage, 0, 2), ticker.Get("t"))
	if err != nil || len(trades) != 2 {
		return collector.Quote{}, errors.New("no number of trades in the ticker")
	}
	count, err := decode.Integer(trades[1])
	switch {
	case err != nil:
		return collector.Quote{}, fmt.Errorf("number of trades %w", err)
	case count == 0:
		return collector.Quote{}, errSilent
	}
	price, err := decode.Quoted(last[0])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("price %w", err)
	}
	return collector.Quote{Price: price, Volume: decode.Turnover(ofDay(ticker.Get("v")), ofDay(ticker.Get("p")))}, nil
}

// ofDay reads the second number of a pair, that of the last 24 hours; 0 when it
// cannot be read, for no price depends on it.
func ofDay(pair json.RawMessage) layers.Decimal {
	values, err := decode.AppendArray(make([]json.RawMessage, 0, 2), pair)
	if err != nil || len(values) != 2 {
		return layers.Decimal{}
	}
	number, err := decode.Quoted(values[1])
	if err != nil {
		return layers.Decimal{}
	}
	return number
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
