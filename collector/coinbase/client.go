package coinbase

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"time"

	"strata/collector"
	"strata/collector/batch"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "coinbase"

// BaseURL is where Coinbase Exchange answers.
const BaseURL = "https://api.exchange.coinbase.com"

// maxBytes bounds an answer: a ticker is some 200 bytes, 300 candles some 20 KB.
const maxBytes = 256 << 10

// The documented limit is ten calls a second and address; another program behind
// the same address should find some left.
func budget() collector.Budget { return collector.Budget{Calls: 8, Per: time.Second} }

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Budget    collector.Budget  // default: eight calls a second
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks Coinbase Exchange. It is a [collector.Historian].
type Client struct {
	http     *collector.HTTP
	products atomic.Uint64 // of which the latest price was asked for and told, ever
}

// New returns a Client.
func New(opts Options) *Client {
	return &Client{http: collector.NewHTTP(collector.HTTPOptions{
		BaseURL: cmp.Or(opts.BaseURL, BaseURL), Budget: cmp.Or(opts.Budget, budget()),
		Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
	})}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for every product by itself. One that fails, or is not known, is
// missing; a failure that speaks of us, too many calls or none wanted, ends the round.
// Where the time does not suffice for all products, the next round begins about where this
// one ends.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	return batch.Ask(ctx, batch.Turn(batch.Cut(listings, 1, 0), c.products.Load()), c.ticker)
}

// ticker asks for one product.
func (c *Client) ticker(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	listing := listings[0]
	body, err := c.http.Get(ctx, tickerRequest(listing), nil)
	if failure, ok := errors.AsType[*collector.Error](err); ok && failure.Kind == collector.NotFound {
		return collector.Answer{Missing: []collector.Missing{{Token: listing.Token, Reason: "no such product"}}}, nil
	}
	if err != nil {
		return collector.Answer{}, err
	}
	c.products.Add(1)
	return decodeTicker(body, listing)
}
