package defillama

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"strata/collector"
	"strata/collector/batch"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "defillama"

// BaseURL is where DefiLlama answers for coins.
const BaseURL = "https://coins.llama.fi"

// maxBytes bounds an answer: a coin is some 130 bytes, a point of the past 45.
const maxBytes = 1 << 20

// DefiLlama publishes no limit. Two calls a second bring a year of hours of a hundred
// coins in a quarter of an hour, and are nothing to a site of its size.
func budget() collector.Budget { return collector.Budget{Calls: 2, Per: time.Second} }

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Budget    collector.Budget  // default: two calls a second
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks DefiLlama. It is a [collector.Historian].
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

// Derived says that these prices are another source's: they count only where no other
// source has one.
func (c *Client) Derived() bool { return true }

// Latest asks for all listings in one call, or one for as many as fit a URL.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	return batch.Ask(ctx, batch.Cut(listings, maxCoins, maxPath), func(ctx context.Context, part []layers.Listing) (collector.Answer, error) {
		body, err := c.http.Get(ctx, latestRequest(part), nil)
		if err != nil {
			return collector.Answer{}, err
		}
		return decodeLatest(body, part)
	})
}

// Reaches says which past DefiLlama has: any interval, in calls of 500 points.
func (c *Client) Reaches() []collector.Reach {
	var reaches []collector.Reach
	for _, interval := range []time.Duration{5 * time.Minute, time.Hour, 24 * time.Hour} {
		reaches = append(reaches, collector.Reach{Interval: interval, Call: maxPoints / together * interval, Batch: together})
	}
	return reaches
}

// History asks for the past of some coins.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	path, query := chartRequest(listings, interval, span)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, err
	}
	return decodeChart(body, listings, span)
}
