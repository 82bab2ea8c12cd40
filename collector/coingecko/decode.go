package coingecko

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// codeRateLimit is how CoinGecko says "too many requests" in a body, whatever the
// HTTP status of the answer is.
const codeRateLimit = 429

// keptDigits is how many significant digits are kept of a price. CoinGecko averages
// markets in floating point and prints what comes out, 16 or 17 digits of which no
// market quotes more than the first eight or nine: the rest is noise, which takes
// more room than everything else in a store (docs/adr/0008).
const keptDigits = 10

// decodeLatest reads an answer of /simple/price:
//
//	{"bitcoin":{"usd":76975.25,"last_updated_at":1779092258}}
//
// A coin that CoinGecko does not know is simply not in it.
func decodeLatest(body []byte, listings []layers.Listing) (collector.Answer, error) {
	coins, err := decode.Table(body)
	if err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(coins); err != nil {
		return collector.Answer{}, err
	}
	var answer collector.Answer
	for _, listing := range listings {
		coin, ok := coins[listing.Symbol]
		if !ok {
			answer.Missing = append(answer.Missing, collector.Missing{Token: listing.Token, Reason: "not in the answer"})
			continue
		}
		quote, err := decodeCoin(coin)
		if err != nil {
			answer.Missing = append(answer.Missing, collector.Missing{
				Token: listing.Token, Reason: err.Error(), Malformed: !errors.Is(err, errNoPrice) && !errors.Is(err, decode.ErrNull),
			})
			continue
		}
		quote.Token = listing.Token
		answer.Quotes = append(answer.Quotes, quote)
	}
	return answer, nil
}

// errNoPrice says that CoinGecko lists the coin and has no price for it: the entry
// is {} for a coin that no longer trades.
var errNoPrice = errors.New("no price in the answer")

func decodeCoin(coin json.RawMessage) (collector.Quote, error) {
	fields, err := decode.Object(coin)
	if err != nil {
		return collector.Quote{}, fmt.Errorf("coin %w", err)
	}
	if _, ok := fields["usd"]; !ok {
		return collector.Quote{}, errNoPrice
	}
	price, err := decode.Number(fields["usd"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("price %w", err)
	}
	updated, err := decode.Integer(fields["last_updated_at"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("last_updated_at %w", err)
	}
	return collector.Quote{Price: price.Round(keptDigits), Time: time.Unix(updated, 0).UTC()}, nil
}

// decodeHistory reads an answer of /coins/{id}/market_chart:
//
//	{"prices":[[1779027899041,77953.82550382407],...],"market_caps":[...],...}
//
// with times in milliseconds. The last point is the live price and may stand out of
// order; null, zero and negative prices are left out.
func decodeHistory(body []byte, token string) ([]layers.Sample, error) {
	fields, err := decode.Object(body)
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(fields); err != nil {
		return nil, err
	}
	points, err := decode.Array(fields["prices"])
	if err != nil {
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("prices: %w", err))
	}
	samples := make([]layers.Sample, 0, len(points))
	for i, point := range points {
		at, price, err := decodePoint(point)
		if errors.Is(err, decode.ErrNull) {
			continue
		}
		if err != nil {
			return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("prices[%d]: %w", i, err))
		}
		if price.IsPositive() {
			samples = append(samples, layers.Sample{Token: token, Source: Name, Time: at, Price: price})
		}
	}
	slices.SortStableFunc(samples, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
	return slices.CompactFunc(samples, func(a, b layers.Sample) bool { return a.Time.Equal(b.Time) }), nil
}

func decodePoint(point json.RawMessage) (time.Time, layers.Decimal, error) {
	pair, err := decode.Array(point)
	if err != nil {
		return time.Time{}, layers.Decimal{}, err
	}
	if len(pair) != 2 {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("has %d elements, not a time and a price", len(pair))
	}
	milliseconds, err := decode.Integer(pair[0])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("time %w", err)
	}
	price, err := decode.Number(pair[1])
	if err != nil {
		return time.Time{}, layers.Decimal{}, fmt.Errorf("price %w", err)
	}
	return time.UnixMilli(milliseconds).UTC(), price.Round(keptDigits), nil
}

// errorInside finds an error that came as an HTTP 200:
//
//	{"status":{"error_code":429,"error_message":"..."}}
//	{"error":{"status":{"error_code":10012,"error_message":"..."}}}
//	{"error":"coin not found"}
func errorInside(fields map[string]json.RawMessage) error {
	status, ok := fields["status"]
	if failure, wrapped := fields["error"]; wrapped {
		if text, err := decode.Text(failure); err == nil {
			return collector.NewError(collector.BadAnswer, fmt.Errorf("error inside the answer: %s", text))
		}
		inner, err := decode.Object(failure)
		if err != nil {
			return nil // a coin could be called "error": its own check follows
		}
		status, ok = inner["status"]
	}
	if !ok {
		return nil
	}
	details, err := decode.Object(status)
	if err != nil {
		return nil
	}
	code, err := decode.Integer(details["error_code"])
	if err != nil {
		return nil
	}
	kind := collector.BadAnswer
	if code == codeRateLimit {
		kind = collector.RateLimited
	}
	return collector.NewError(kind, fmt.Errorf("error %d inside the answer: %s", code, details["error_message"]))
}

// understand looks into a refusal: Cloudflare answers a caller who asked too often
// with 403 and a page that says error 1015 or 1020, which is a ban of minutes, not
// a closed door; and a 401 for too long a range is no matter of keys.
func understand(err error) error {
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok || failure.Kind != collector.Blocked {
		return err
	}
	switch {
	case bytes.Contains(failure.Body, []byte("error code: 1015")), bytes.Contains(failure.Body, []byte("error code: 1020")):
		failure.Kind = collector.RateLimited
	case bytes.Contains(failure.Body, []byte(`"error_code":10012`)):
		failure.Kind = collector.BadAnswer
	}
	return failure
}
