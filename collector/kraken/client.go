package kraken

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"sync"
	"time"

	"strata/collector"
	"strata/collector/exchange"
	"strata/layers"
)

// Name is how the catalogue and the metrics call this source.
const Name = "kraken"

// BaseURL is where Kraken answers.
const BaseURL = "https://api.kraken.com"

// maxBytes bounds an answer: all pairs are some 430 KB.
const maxBytes = 2 << 20

// forgetAfter is how long a pair that Kraken did not know is left out of the batch.
const forgetAfter = time.Hour

// Kraken publishes no number for its public calls; nobody is refused at one a second.
func budget() collector.Budget { return collector.Budget{Calls: 1, Per: time.Second} }

// Options of a [Client]; the zero value will do.
type Options struct {
	BaseURL   string            // default [BaseURL]
	Budget    collector.Budget  // default: one call a second
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// Client asks Kraken. It is a [collector.Historian].
type Client struct {
	http *collector.HTTP

	mu      sync.Mutex
	unknown map[string]time.Time // pairs that Kraken does not have, and when it said so
}

// New returns a Client.
func New(opts Options) *Client {
	return &Client{
		unknown: make(map[string]time.Time),
		http: collector.NewHTTP(collector.HTTPOptions{
			BaseURL: cmp.Or(opts.BaseURL, BaseURL), Budget: cmp.Or(opts.Budget, budget()),
			Timeout: opts.Timeout, MaxBytes: maxBytes, Transport: opts.Transport,
		}),
	}
}

// Name returns [Name].
func (c *Client) Name() string { return Name }

// Requests returns how many calls were made.
func (c *Client) Requests() uint64 { return c.http.Requests() }

// Latest asks for all listings in one call; in a second one for all pairs there are
// when Kraken turns out not to know one of them.
func (c *Client) Latest(ctx context.Context, listings []layers.Listing) (collector.Answer, error) {
	known, missing := c.split(listings)
	if len(known) == 0 {
		return collector.Answer{Missing: missing}, nil
	}
	answer, err := c.ask(ctx, known, known)
	if errors.Is(err, errUnknownPair) {
		answer, err = c.ask(ctx, nil, known)
		c.remember(known, answer.Missing)
	}
	answer.Missing = append(answer.Missing, missing...)
	return answer, err
}

// ask asks for pairs and reads the answer for listings.
func (c *Client) ask(ctx context.Context, pairs, listings []layers.Listing) (collector.Answer, error) {
	path, query := tickerRequest(pairs)
	body, err := c.http.Get(ctx, path, query)
	if err != nil {
		return collector.Answer{}, err
	}
	return decodeTicker(body, listings)
}

// split sets aside the listings that Kraken lately did not know, and those that are
// not quoted in dollars.
func (c *Client) split(listings []layers.Listing) (known []layers.Listing, missing []collector.Missing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range listings {
		if since, ok := c.unknown[l.Symbol]; ok && time.Since(since) < forgetAfter {
			missing = append(missing, collector.Missing{Token: l.Token, Reason: unknownReason})
			continue
		}
		if _, err := exchange.Currency(l.Symbol, separator); err != nil {
			missing = append(missing, collector.Missing{Token: l.Token, Reason: err.Error(), Unasked: true})
			continue
		}
		known = append(known, l)
	}
	return known, missing
}

func (c *Client) remember(listings []layers.Listing, missing []collector.Missing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range missing {
		i := slices.IndexFunc(listings, func(l layers.Listing) bool { return l.Token == m.Token })
		if i >= 0 && m.Reason == unknownReason {
			c.unknown[listings[i].Symbol] = time.Now()
		}
	}
}
