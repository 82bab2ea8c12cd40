package coinpaprika

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// keptDigits is how many significant digits are kept of an average that was computed
// in floating point (docs/adr/0008).
const keptDigits = 10

// Why a coin has no quote although CoinPaprika is well.
var (
	errAbsent = errors.New("not in the answer")
	errTwice  = errors.New("stands in the answer twice")
)

// decodeTickers reads an answer of /tickers:
//
//	[{"id":"btc-bitcoin","last_updated":"2018-11-14T07:20:41Z","quotes":{"USD":{"price":5162.15941296,
//	  "volume_24h":7304207651.1585,"market_cap":91094433242,...}},...},...]
//
// What cannot be read of coins that are not asked for does no harm.
func decodeTickers(body []byte, listings []layers.Listing) (collector.Answer, error) {
	rows, err := decode.Array(body)
	if err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, fmt.Errorf("tickers: %w", describe(body, err)))
	}
	found := find(rows, listings)
	var answer collector.Answer
	for _, listing := range listings {
		quote, err := decodeTicker(found[listing.Symbol])
		if err != nil {
			well := errors.Is(err, errAbsent) || errors.Is(err, decode.ErrNull)
			answer.Missing = append(answer.Missing, collector.Missing{Token: listing.Token, Reason: err.Error(), Malformed: !well})
			continue
		}
		quote.Token = listing.Token
		answer.Quotes = append(answer.Quotes, quote)
	}
	return answer, nil
}

// describe adds the words of a refusal, {"error":"..."}, to what is wrong with it.
func describe(body []byte, err error) error {
	fields, failed := decode.Object(body)
	if failed != nil {
		return err
	}
	if text, failed := decode.Text(fields["error"]); failed == nil {
		return fmt.Errorf("error inside the answer: %s", text)
	}
	return err
}

// row is what the list says of a coin.
type row struct {
	text  json.RawMessage
	twice bool
}

// find returns what rows say of each listing.
func find(rows []json.RawMessage, listings []layers.Listing) map[string]row {
	wanted := make(map[string]bool, len(listings))
	for _, listing := range listings {
		wanted[listing.Symbol] = true
	}
	found := make(map[string]row, len(listings))
	var coin decode.Members
	for _, text := range rows {
		if coin.Object(text) != nil {
			continue
		}
		if id, err := decode.Text(coin.Get("id")); err == nil && wanted[id] {
			found[id] = row{text: text, twice: len(found[id].text) > 0}
		}
	}
	return found
}

func decodeTicker(r row) (collector.Quote, error) {
	switch {
	case r.twice:
		return collector.Quote{}, errTwice
	case len(r.text) == 0:
		return collector.Quote{}, errAbsent
	}
	coin, err := decode.Object(r.text)
	if err != nil {
		return collector.Quote{}, fmt.Errorf("coin %w", err)
	}
	quotes, err := decode.Object(coin["quotes"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("quotes: %w", err)
	}
	dollars, err := decode.Object(quotes["USD"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("quote in USD: %w", err)
	}
	price, err := decode.Number(dollars["price"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("price %w", err)
	}
	text, err := decode.Text(coin["last_updated"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("last_updated %w", err)
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return collector.Quote{}, fmt.Errorf("last_updated: %w", err)
	}
	return collector.Quote{
		Price: price.Round(keptDigits), Time: at.UTC(),
		Volume:    decode.Amount(decode.Number(dollars["volume_24h"])),
		MarketCap: decode.Amount(decode.Number(dollars["market_cap"])),
	}, nil
}
