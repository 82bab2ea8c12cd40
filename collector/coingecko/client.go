package coingecko

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"strata/collector"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "coingecko"

// maxBytes bounds an answer: 90 days of hours are some 200 KB.
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
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks CoinGecko. It is a [collector.Historian].
type Client struct{ http *collector.HTTP }

// New returns a Client.
func New(opts Options) *Client {
	header, base := map[string]string{}, BaseURL
	switch {
	case opts.ProKey != "":
		header["x-cg-pro-api-key"], base = opts.ProKey, ProBaseURL
	case opts.DemoKey != "":
		header["x-cg-demo-api-key"] = opts.DemoKey
	}
	return &Client{http: collector.NewHTTP(collector.HTTPOptions{
		BaseURL: cmp.Or(opts.BaseURL, base), Header: header, Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
	})}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for all listings in one call, or one for every 250.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	var all collector.Answer
	for batch := range slices.Chunk(listings, maxIDs) {
		path, query := latestRequest(batch)
		body, err := c.http.Get(ctx, path, query)
		if err != nil {
			return all, understand(err)
		}
		answer, err := decodeLatest(body, batch)
		if err != nil {
			return all, err
		}
		all.Quotes = append(all.Quotes, answer.Quotes...)
		all.Missing = append(all.Missing, answer.Missing...)
	}
	return all, nil
}

// Reaches says how fine CoinGecko is: it decides by how many days are asked for.
func (c *Client) Reaches() []collector.Reach {
	return []collector.Reach{
		{Interval: 5 * time.Minute, Call: day, Back: day, Batch: 1},
		{Interval: time.Hour, Call: 90 * day, Back: 90 * day, Batch: 1},
		{Interval: day, Call: 365 * day, Back: 365 * day, Batch: 1},
	}
}

// History asks for the past of one token, from the beginning of a span up to now.
func (c *Client) History(ctx context.Context, listings []layers.Listing, _ time.Duration, span layers.Span) (collector.Past, error) {
	path, query := historyRequest(listings[0], span.To.Sub(span.From))
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Past{}, understand(err)
	}
	samples, err := decodeHistory(body, listings[0].Token)
	return collector.Past{Samples: samples}, err
}
