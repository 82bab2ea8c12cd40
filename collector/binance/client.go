package binance

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"strata/collector"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "binance"

// BaseURL is where the public mirror answers.
const BaseURL = "https://data-api.binance.vision"

// maxBytes bounds an answer: the short tickers of all markets are some 800 KB.
const maxBytes = 4 << 20

// Binance allows an address a weight of 6000 a minute; another program behind the same
// address should find some left.
const (
	weights = 4800
	per     = time.Minute
)

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks Binance. It is a [collector.Historian].
type Client struct {
	http *collector.HTTP

	mu      sync.Mutex
	unknown map[string]time.Time // markets that Binance does not have, and when it said so
}

// New returns a Client.
func New(opts Options) *Client {
	return &Client{
		unknown: make(map[string]time.Time),
		http: collector.NewHTTP(collector.HTTPOptions{
			BaseURL: cmp.Or(opts.BaseURL, BaseURL), Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
			Budget: collector.Budget{Calls: weights, Per: per},
		}),
	}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for all listings in one call; in a second one for all markets there are
// when Binance turns out not to know one of them.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	known, missing := c.split(listings)
	if len(known) == 0 {
		return collector.Answer{Missing: missing}, nil
	}
	answer, err := c.ask(ctx, known, known)
	if failure, ok := errors.AsType[*collector.Error](err); ok && failure.Kind == collector.NotFound {
		answer, err = c.ask(ctx, nil, known)
		c.remember(known, answer.Missing)
	}
	answer.Missing = append(answer.Missing, missing...)
	return answer, err
}

// ask asks for markets and reads the answer for listings.
func (c *Client) ask(ctx context.Context, markets, listings []layers.Listing) (collector.Answer, error) {
	path, query := tickersRequest(markets)
	body, err := c.http.GetCosting(ctx, weightOf(len(markets)), path, query)
	if err != nil {
		return collector.Answer{}, refusals().Explain(err)
	}
	return decodeTickers(body, listings)
}
