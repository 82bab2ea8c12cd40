package market

import (
	"errors"
	"fmt"
	"time"

	"strata/layers"
)

// past is for how long there has been a market.
const past = 400 * 24 * time.Hour

// Market is an invented market and the nine places that tell of it.
type Market struct {
	catalogue *layers.Catalogue
	seed      uint64
	begin     time.Time
	latency   time.Duration
	venues    map[string]*Venue
}

// Open opens all nine places on ports of loopback. They list what the catalogue says they
// list now. Each answer takes the latency to arrive.
func Open(c *layers.Catalogue, seed uint64, latency time.Duration) (*Market, error) {
	m := &Market{
		catalogue: c, seed: seed, latency: latency, begin: time.Now().UTC().Add(-past).Truncate(day), venues: make(map[string]*Venue),
	}
	for _, v := range places() {
		v.market, v.listings = m, c.Listings(v.Name, time.Now())
		if err := v.open(); err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", v.Name, err), m.Close())
		}
		m.venues[v.Name] = v
	}
	return m, nil
}

// places are the nine, with the limits that they document. What is allowed in a second is
// counted over some: on a busy machine calls arrive closer together than they were sent.
func places() []*Venue {
	tenASecond, oneASecond := limit{50, 5 * time.Second}, limit{10, 10 * time.Second}
	return []*Venue{
		{Name: "coingecko", path: "/api/v3", api: coingecko{}, limits: all(limit{10, time.Minute})},
		{Name: "kraken", exchange: true, api: kraken{}, limits: all(oneASecond)},
		{Name: "coinbase", exchange: true, api: coinbase{}, limits: all(tenASecond)},
		{Name: "gate", exchange: true, inTether: true, path: "/api/v4", api: gate{}, limits: map[string]limit{
			"tickers": {200, 10 * time.Second}, "candles": {200, 10 * time.Second},
		}},
		{Name: "kucoin", exchange: true, inTether: true, api: kucoin{}, limits: all(limit{2000, 30 * time.Second})},
		{Name: "okx", exchange: true, inTether: true, api: okx{}, limits: map[string]limit{
			"tickers": {50, 5 * time.Second}, "candles": {100, 5 * time.Second}, "history": {50, 5 * time.Second},
		}},
		{Name: "binance", exchange: true, inTether: true, api: binance{}, limits: all(limit{6000, time.Minute})},
		{Name: "coinpaprika", path: "/v1", api: coinpaprika{}, limits: all(tenASecond)},
		{Name: "defillama", api: defillama{}, limits: all(limit{})},
	}
}

// all is one limit for calls of all kinds together.
func all(l limit) map[string]limit { return map[string]limit{"": l} }

// Venue returns the place of that name.
func (m *Market) Venue(name string) *Venue { return m.venues[name] }

// Venues returns all places by name.
func (m *Market) Venues() map[string]*Venue { return m.venues }

// Close closes all places.
func (m *Market) Close() error {
	var faults []error
	for _, v := range m.venues {
		faults = append(faults, v.server.Close())
	}
	return errors.Join(faults...)
}
