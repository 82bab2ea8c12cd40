package coingecko

import (
	"bytes"
	"errors"
	"fmt"
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
//	{"bitcoin":{"usd":76975.25,"usd_market_cap":1542226908349.8,"usd_24h_vol":29096603418.9,"last_updated_at":1779092258}}
//
// A coin that CoinGecko does not know is simply not in it.
func decodeLatest(body []byte, listings []layers.Listing) (collector.Answer, error) {
	coins := decode.NewRows("usd", "last_updated_at", "usd_24h_vol", "usd_market_cap")
	if err := coins.Table(body); err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, err)
	}
	if err := errorInside(coins.Members()); err != nil {
		return collector.Answer{}, err
	}
	answer := collector.Answer{Quotes: make([]collector.Quote, 0, len(listings))}
	for _, listing := range listings {
		quote, err := decodeCoin(coins.Row(listing.Symbol))
		if err != nil {
			well := errors.Is(err, decode.ErrAbsent) || errors.Is(err, errNoPrice) || errors.Is(err, decode.ErrNull)
			answer.Missing = append(answer.Missing, collector.Missing{Token: listing.Token, Reason: err.Error(), Malformed: !well})
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

// decodeCoin takes a coin, or why there is none.
func decodeCoin(coin decode.Row, err error) (collector.Quote, error) {
	switch {
	case errors.Is(err, decode.ErrAbsent):
		return collector.Quote{}, err
	case err != nil:
		return collector.Quote{}, fmt.Errorf("coin %w", err)
	}
	usd := coin.Get("usd")
	if usd == nil {
		return collector.Quote{}, errNoPrice
	}
	price, err := decode.Number(usd)
	if err != nil {
		return collector.Quote{}, fmt.Errorf("price %w", err)
	}
	updated, err := decode.Integer(coin.Get("last_updated_at"))
	if err != nil {
		return collector.Quote{}, fmt.Errorf("last_updated_at %w", err)
	}
	return collector.Quote{
		Price: price.Round(keptDigits), Time: time.Unix(updated, 0).UTC(),
		Volume:    decode.Amount(decode.Number(coin.Get("usd_24h_vol"))),
		MarketCap: decode.Amount(decode.Number(coin.Get("usd_market_cap"))),
	}, nil
}

// errorInside finds an error that came as an HTTP 200:
//
//	{"status":{"error_code":429,"error_message":"..."}}
//	{"error":{"status":{"error_code":10012,"error_message":"..."}}}
//	{"error":"coin not found"}
func errorInside(fields *decode.Members) error {
	status := fields.Get("status")
	if failure := fields.Get("error"); failure != nil {
		if text, err := decode.Text(failure); err == nil {
			return collector.NewError(collector.BadAnswer, fmt.Errorf("error inside the answer: %s", text))
		}
		inner, err := decode.Object(failure)
		if err != nil {
			return nil // a coin could be called "error": its own check follows
		}
		status = inner["status"]
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
