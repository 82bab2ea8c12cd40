package coinbase

import (
	"fmt"
	"time"

	"strata/collector"
	"strata/collector/decode"
)

// decodeTicker reads an answer of /products/{id}/ticker:
//
//	{"price":"115730.07","size":"0.00439","time":"2025-08-18T05:57:56.350973Z",...}
//
// with the price in quotes and the time of that trade in RFC 3339, with up to nine
// digits after the second.
func decodeTicker(body []byte, token string) (collector.Quote, error) {
	fields, err := decode.Object(body)
	if err != nil {
		return collector.Quote{}, collector.NewError(collector.BadAnswer, err)
	}
	price, err := decode.Quoted(fields["price"])
	if err != nil {
		return collector.Quote{}, collector.NewError(collector.BadAnswer, fmt.Errorf("price %w", err))
	}
	text, err := decode.Text(fields["time"])
	if err != nil {
		return collector.Quote{}, collector.NewError(collector.BadAnswer, fmt.Errorf("time %w", err))
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return collector.Quote{}, collector.NewError(collector.BadAnswer, fmt.Errorf("time: %w", err))
	}
	return collector.Quote{Token: token, Price: price, Time: at.UTC()}, nil
}
