package coinbase

import (
	"fmt"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/collector/exchange"
	"strata/layers"
)

// separator stands between token and currency: "TAO-USD".
const separator = "-"

// decodeTicker reads an answer of /products/{id}/ticker:
//
//	{"price":"115730.07","size":"0.00439","time":"2025-08-18T05:57:56.350973Z","volume":"3406.57536195",...}
//
// with the price in quotes, the time of that trade in RFC 3339 with up to nine digits
// after the second, and the volume of 24 hours in tokens. There is no average price:
// the turnover is that volume at the last price, which on a wild day is off by as
// much as the price moved.
func decodeTicker(body []byte, listing layers.Listing) (collector.Answer, error) {
	currency, err := exchange.Currency(listing.Symbol, separator)
	if err != nil {
		return collector.Answer{Missing: []collector.Missing{{Token: listing.Token, Reason: err.Error()}}}, nil
	}
	quote, err := decodeTrade(body)
	if err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, err)
	}
	quote.Token, quote.Currency = listing.Token, currency
	return collector.Answer{Quotes: []collector.Quote{quote}}, nil
}

func decodeTrade(body []byte) (collector.Quote, error) {
	fields, err := decode.Object(body)
	if err != nil {
		return collector.Quote{}, err
	}
	price, err := decode.Quoted(fields["price"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("price %w", err)
	}
	text, err := decode.Text(fields["time"])
	if err != nil {
		return collector.Quote{}, fmt.Errorf("time %w", err)
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return collector.Quote{}, fmt.Errorf("time: %w", err)
	}
	quote := collector.Quote{Price: price, Time: at.UTC()}
	if volume, err := decode.Quoted(fields["volume"]); err == nil {
		quote.Volume = decode.Turnover(volume, price)
	}
	return quote, nil
}
