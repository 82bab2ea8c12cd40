package coingecko

import (
	"cmp"
	"context"
	"net/http"
	"sync/atomic"
	"time"

	"strata/collector"
	"strata/collector/batch"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "coingecko"

// maxBytes bounds an answer: 90 days of hours with volumes and market values are
// some 300 KB.
const maxBytes = 2 << 20

// The hosts: a pro key is known at its own only.
const (
	BaseURL    = "https://api.coingecko.com/api/v3"
	ProBaseURL = "https://pro-api.coingecko.com/api/v3"
)

// Options of a [Client]; the zero value asks without a key. With both keys the pro
// key is used.
type Options struct {
	DemoKey   string
	ProKey    string
	BaseURL   string            // default [BaseURL], or [ProBaseURL] with a pro key
	Budget    collector.Budget  // default: what the plan of the key allows
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
	Now       func() time.Time  // what history is counted back from; nil means time.Now
}

// Client asks CoinGecko. It is a [collector.Historian].
type Client struct {
	http  *collector.HTTP
	now   func() time.Time
	pages atomic.Uint64 // of latest prices that came, ever
}

// New returns a Client.
func New(opts Options) *Client {
	header, base := map[string]string{}, BaseURL
	// Without a key no number is published; ten a minute is what most clients settled on. The
	// process before this one, or a neighbour, may have taken some of them.
	budget := collector.Budget{Calls: 8, Per: time.Minute}
	switch {
	case opts.ProKey != "":
		header["x-cg-pro-api-key"], base, budget.Calls = opts.ProKey, ProBaseURL, 500
	case opts.DemoKey != "":
		header["x-cg-demo-api-key"], budget.Calls = opts.DemoKey, 30
	}
	c := &Client{now: opts.Now, http: collector.NewHTTP(collector.HTTPOptions{
		BaseURL: cmp.Or(opts.BaseURL, base), Header: header, Budget: cmp.Or(opts.Budget, budget),
		Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
	})}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for all listings in one call, or one for every 250. A page that fails
// costs its own coins. Where the budget does not suffice for all pages, the next round
// begins about where this one ends.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	pages := batch.Cut(listings, maxIDs, maxQuery)
	return batch.Ask(ctx, batch.Turn(pages, c.pages.Load()), c.page)
}

// page asks for the latest prices of one page.
func (c *Client) page(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	path, query := latestRequest(listings)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Answer{}, understand(err)
	}
	c.pages.Add(1)
	return decodeLatest(body, listings)
}

// Reaches says how fine CoinGecko is: it decides by how long ago and how much is
// asked for.
func (c *Client) Reaches() []collector.Reach {
	return []collector.Reach{
		{Interval: fine, Call: day, Back: day, Batch: 1},
		{Interval: time.Hour, Call: maxHourly, Back: maxBack, Batch: 1},
		{Interval: day, Call: maxBack, Back: maxBack, Batch: 1},
	}
}

// History asks for the past of one token, with volumes and market values.
func (c *Client) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	listing := listings[0]
	path, query := historyRequest(listing, interval, span, c.now())
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, understand(err)
	}
	samples, err := decodeHistory(body, listing.Token, span)
	if err != nil {
		return collector.Past{}, err
	}
	past := collector.Past{Currency: collector.USD, Samples: samples}
	if len(samples) == 0 {
		past.Missing = []collector.Missing{{Token: listing.Token, Reason: "no price in that span"}}
	}
	return past, nil
}
