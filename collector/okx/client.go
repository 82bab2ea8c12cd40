package okx

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"strata/collector"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "okx"

// BaseURL is where OKX answers.
const BaseURL = "https://www.okx.com"

// maxBytes bounds an answer: the tickers of all spot markets are some 350 KB.
const maxBytes = 4 << 20

// OKX allows an address 20 calls in two seconds of the scarcest kind that is used
// here; another program behind the same address should find some left.
const (
	calls = 16
	per   = 2 * time.Second
)

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks OKX. It is a [collector.Historian].
type Client struct{ http *collector.HTTP }

// New returns a Client.
func New(opts Options) *Client {
	return &Client{http: collector.NewHTTP(collector.HTTPOptions{
		BaseURL: cmp.Or(opts.BaseURL, BaseURL), Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
		Budget: collector.Budget{Calls: calls, Per: per},
	})}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for the tickers of all spot markets, in one call.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	if len(listings) == 0 {
		return collector.Answer{}, nil
	}
	path, query := tickersRequest()
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Answer{}, refusals().Explain(err)
	}
	return decodeTickers(body, listings)
}
