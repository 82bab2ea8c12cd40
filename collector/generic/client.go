package generic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"strata/collector"
	"strata/collector/batch"
	"strata/layers"
)

const (
	defaultBatch = 100
	maxList      = 4 << 10 // bytes of a list of symbols; escaped, they may take three times as much
)

// Client asks the source that its options describe. It is a [collector.Source].
type Client struct {
	opts                Options
	http                *collector.HTTP
	url                 *url.URL
	price, time, volume path
}

// New returns a Client. The error names all that is wrong with the options, and holds
// none of the headers' values.
func New(opts Options) (*Client, error) {
	if err := opts.check(); err != nil {
		return nil, fmt.Errorf("describe source %q: %w", opts.Name, err)
	}
	// They were parsed by check.
	price, _ := parsePath(opts.Price)
	at, _ := parsePath(opts.Time)
	volume, _ := parsePath(opts.Volume)
	template, _ := url.Parse(opts.URL)
	return &Client{
		opts: opts, url: template, price: price, time: at, volume: volume,
		http: collector.NewHTTP(collector.HTTPOptions{
			BaseURL: template.Scheme + "://" + template.Host, Header: opts.Header,
			Budget:  cmp.Or(opts.Budget, collector.Budget{Calls: 1, Per: time.Second}),
			Timeout: opts.Timeout, Transport: opts.Transport,
		}),
	}, nil
}

// Name returns the name of the options.
func (c *Client) Name() string { return c.opts.Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Listings returns the symbols of the options as the catalogue would hold them, ordered
// by token.
func (c *Client) Listings() []layers.Listing {
	var listings []layers.Listing
	for _, token := range slices.Sorted(maps.Keys(c.opts.Symbols)) {
		listings = append(listings, layers.Listing{Token: token, Source: c.opts.Name, Symbol: c.opts.Symbols[token]})
	}
	return listings
}

// Latest asks for all listings, in as few calls as the URL allows.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	most, bytes := max(1, len(listings)), maxList*len(listings) // a URL without symbols brings everything
	switch {
	case strings.Contains(c.opts.URL, many):
		most, bytes = cmp.Or(c.opts.Batch, defaultBatch), maxList
	case strings.Contains(c.opts.URL, one):
		most = 1
	}
	return batch.Ask(ctx, batch.Cut(listings, most, bytes), c.ask)
}

// ask makes one call.
func (c *Client) ask(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	path, query := request(c.url, listings)
	body, err := c.http.Get(ctx, path, query)
	failure, _ := errors.AsType[*collector.Error](err)
	if failure != nil && failure.Kind == collector.NotFound && strings.Contains(c.opts.URL, one) {
		return collector.Answer{Missing: []collector.Missing{{Token: listings[0].Token, Reason: "not found"}}}, nil
	}
	if err != nil {
		return collector.Answer{}, err
	}
	return c.decode(body, listings)
}
