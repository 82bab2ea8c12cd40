package generic

import (
	"encoding/json"
	"errors"
	"fmt"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// decode reads an answer. That it is no JSON at all is an error; anything else costs
// the listings it befalls.
func (c *Client) decode(body []byte, listings []layers.Listing) (collector.Answer, error) {
	if !json.Valid(body) {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, errors.New("not valid JSON, or cut off"))
	}
	root := &node{raw: body}
	var answer collector.Answer
	for _, listing := range listings {
		quote, err := c.quote(root, listing.Symbol)
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

func (c *Client) quote(root *node, symbol string) (quote collector.Quote, err error) {
	quote.Currency = c.opts.Currency
	if quote.Price, err = c.number(root, c.price, symbol); err != nil {
		return quote, fmt.Errorf("price: %w", err)
	}
	if len(c.time.steps) > 0 {
		text, err := root.follow(c.time, symbol)
		if err == nil {
			quote.Time, err = readTime(text, c.opts.TimeUnit)
		}
		if err != nil {
			return quote, fmt.Errorf("time: %w", err)
		}
	}
	if len(c.volume.steps) > 0 {
		quote.Volume = decode.Amount(c.number(root, c.volume, symbol))
	}
	return quote, nil
}

func (c *Client) number(root *node, p path, symbol string) (layers.Decimal, error) {
	text, err := root.follow(p, symbol)
	if err != nil {
		return layers.Decimal{}, err
	}
	return readNumber(text, c.opts.Number)
}
