package coinbase

import (
	"cmp"
	"context"
	"net/http"
	"sync"
	"time"

	"strata/collector"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "coinbase"

// BaseURL is where Coinbase Exchange answers.
const BaseURL = "https://api.exchange.coinbase.com"

// maxBytes bounds an answer: a ticker is some 200 bytes.
const maxBytes = 64 << 10

// The documented limit is ten calls a second and address; another program behind
// the same address should find some left.
const (
	defaultSpacing = time.Second / 8
	parallel       = 4
)

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Spacing   time.Duration     // between the beginnings of two calls; default 125 ms
	Transport http.RoundTripper // default: one of its own
}

// Client asks Coinbase Exchange. It is a [collector.Source].
type Client struct {
	http    *collector.HTTP
	spacing time.Duration
}

// New returns a Client.
func New(opts Options) *Client {
	return &Client{
		spacing: cmp.Or(opts.Spacing, defaultSpacing),
		http: collector.NewHTTP(collector.HTTPOptions{
			BaseURL: cmp.Or(opts.BaseURL, BaseURL), Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
		}),
	}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for one product after the other. A product that fails is missing; a
// failure that speaks of us, too many calls or none wanted, ends the round.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := round{stop: stop, open: len(listings)}
	pace := time.NewTicker(c.spacing)
	defer pace.Stop()
	work := make(chan layers.Listing)
	var workers sync.WaitGroup
	for range min(parallel, len(listings)) {
		workers.Go(func() {
			for listing := range work {
				quote, err := c.ask(ctx, listing)
				r.add(listing, quote, err)
			}
		})
	}
	feed(ctx, work, listings, pace.C)
	workers.Wait()
	return r.result(context.Cause(ctx))
}

// feed hands out the listings at the pace of ticks, and stops when ctx ends.
func feed(ctx context.Context, work chan<- layers.Listing, listings []layers.Listing, ticks <-chan time.Time) {
	defer close(work)
	for i, listing := range listings {
		if i > 0 {
			select {
			case <-ticks:
			case <-ctx.Done():
				return
			}
		}
		select {
		case work <- listing:
		case <-ctx.Done():
			return
		}
	}
}

func (c *Client) ask(ctx context.Context, listing layers.Listing) (collector.Quote, error) {
	body, err := c.http.Get(ctx, tickerRequest(listing), nil)
	if err != nil {
		return collector.Quote{}, err
	}
	return decodeTicker(body, listing.Token)
}
