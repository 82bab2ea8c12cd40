package coinpaprika

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"strata/collector"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "coinpaprika"

// BaseURL is where CoinPaprika answers.
const BaseURL = "https://api.coinpaprika.com/v1"

// maxBytes bounds an answer: some 2,500 coins of 1 KB.
const maxBytes = 16 << 20

// every makes 17,856 calls in a month of 31 days. The rest of the 20,000 is for
// restarts, each of which begins with a call.
const every = 150 * time.Second

// Ten calls a second are granted as well; who keeps to the month never comes near it.
func budget() collector.Budget { return collector.Budget{Calls: 2, Per: time.Second} }

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Budget    collector.Budget  // default: two calls a second, which with Every is plenty
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks CoinPaprika. It is a [collector.Source].
type Client struct{ http *collector.HTTP }

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

// Every is the least time between two rounds with which the calls of a month suffice.
func (c *Client) Every() time.Duration { return every }

// Latest asks for all coins there are, in one call.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	if len(listings) == 0 {
		return collector.Answer{}, nil
	}
	path, query := tickersRequest()
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Answer{}, err
	}
	return decodeTickers(body, listings)
}
