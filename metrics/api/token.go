package api

import (
	"time"

	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
)

// TokenSummary is what the list of tokens says of each.
type TokenSummary struct {
	Slug        string            `json:"token" example:"bittensor"`
	Name        string            `json:"name"`
	Symbol      string            `json:"symbol,omitempty"`
	State       string            `json:"state" enum:"live,unlisted,tokenless,delisted,migrated"`
	Benchmark   bool              `json:"benchmark,omitempty"`
	Pegged      bool              `json:"pegged,omitempty"`
	Memberships []Membership      `json:"memberships" nullable:"false" doc:"Past, present and planned"`
	Migration   *Migration        `json:"migration,omitempty"`
	Delisted    *time.Time        `json:"delisted,omitempty"`
	Price       *PriceNow         `json:"price,omitempty" doc:"Absent when the token has no price to watch, or before the first cycle"`
	Volatility  []TokenVolatility `json:"volatility" nullable:"false" doc:"By window, shortest first"`
}

// Token is all that is known of one token.
type Token struct {
	TokenSummary
	Listings []Listing `json:"listings" nullable:"false" doc:"What each source calls it"`
	Symbols  []Symbol  `json:"symbols" nullable:"false" doc:"Its tickers over time"`
	Events   []Event   `json:"events" nullable:"false"`
	Notes    string    `json:"notes,omitempty"`

	Explanation *Explanation `json:"explanation,omitempty" doc:"Of the price now, with explain=1"`
}

// Membership places a token in a layer for a span of time.
type Membership struct {
	Layer       string  `json:"layer"`
	Subcategory string  `json:"subcategory"`
	Role        string  `json:"role" enum:"primary,secondary"`
	Weight      float64 `json:"weight"`
	Validity
}

// Listing is what a source calls a token for a span of time.
type Listing struct {
	Source string `json:"source"`
	Symbol string `json:"symbol"`
	Validity
}

// Symbol is a ticker of a token for a span of time.
type Symbol struct {
	Symbol string `json:"symbol"`
	Validity
}

// Validity is a half-open span of time.
type Validity struct {
	From *time.Time `json:"from,omitempty" doc:"Absent: since ever"`
	To   *time.Time `json:"to,omitempty" doc:"Absent: until further notice"`
}

// Event is something a reader of the numbers should know.
type Event struct {
	Date   string `json:"date"`
	Type   string `json:"type"`
	Detail string `json:"detail"`
}

// PriceNow is the newest that is known of a price.
type PriceNow struct {
	Price      *Price        `json:"price_usd" nullable:"true" doc:"Median of the fresh samples of the sources; null without one"`
	Reason     string        `json:"reason,omitempty" doc:"Why price_usd is null"`
	Time       *time.Time    `json:"time,omitempty" doc:"Of the oldest sample that went into the price"`
	Age        *float64      `json:"age_seconds,omitempty" doc:"How old the price is"`
	LastSample *time.Time    `json:"last_sample,omitempty"`
	LastChange *time.Time    `json:"last_change,omitempty" doc:"When the price last moved at any source"`
	Sources    []SourcePrice `json:"sources" nullable:"false"`

	Agreement *metrics.Agreement `json:"agreement,omitempty" doc:"What the sources made of the price in the latest cycle"`
}

// SourcePrice is the newest sample of one source.
type SourcePrice struct {
	Source string    `json:"source"`
	Price  Price     `json:"price_usd"`
	Time   time.Time `json:"time"`
	Fresh  bool      `json:"fresh" doc:"Young enough to go into the price"`
}

// known is what is known when a question is answered.
type known struct {
	now        time.Time
	snapshot   *risk.Snapshot
	agreements map[string]metrics.Agreement
}

func (s *server) now() known {
	return known{s.view.Now().UTC(), s.view.Snapshot(), s.view.Agreements()}
}

func summary(t *layers.Token, k known) TokenSummary {
	now, snapshot := k.now, k.snapshot
	s := TokenSummary{
		Slug: t.Slug, Name: t.Name, Symbol: t.Symbol(now), State: string(t.State(now)),
		Benchmark: t.Benchmark, Pegged: t.Pegged, Memberships: []Membership{},
		Migration: migration(t), Delisted: moment(t.Delisted), Volatility: []TokenVolatility{},
	}
	for _, m := range t.Memberships {
		s.Memberships = append(s.Memberships, Membership{m.Layer, m.Subcategory, string(m.Role), m.Weight, validity(m.Valid)})
	}
	if snapshot == nil {
		return s
	}
	if p, ok := snapshot.Price(t.Slug); ok {
		s.Price = priceNow(p, now)
		if a, ok := k.agreements[t.Slug]; ok {
			s.Price.Agreement = &a
		}
	}
	for _, w := range risk.Windows {
		if r, ok := snapshot.Token(t.Slug, w.Name); ok {
			s.Volatility = append(s.Volatility, tokenVolatility(r))
		}
	}
	return s
}

func detail(t *layers.Token, k known) Token {
	d := Token{
		TokenSummary: summary(t, k),
		Listings:     []Listing{}, Symbols: []Symbol{}, Events: []Event{}, Notes: t.Notes,
	}
	for _, l := range t.Listings {
		d.Listings = append(d.Listings, Listing{l.Source, l.Symbol, validity(l.Valid)})
	}
	for _, s := range t.Symbols {
		d.Symbols = append(d.Symbols, Symbol{s.Symbol, validity(s.Valid)})
	}
	for _, e := range t.Events {
		d.Events = append(d.Events, Event(e))
	}
	return d
}

func priceNow(p *risk.TokenPrice, now time.Time) *PriceNow {
	answer := &PriceNow{
		Reason: p.Reason, LastSample: moment(p.LastSample), LastChange: moment(p.LastChange), Sources: []SourcePrice{},
	}
	if p.Known {
		price, age := Price(p.Price), now.Sub(p.Time).Seconds()
		answer.Price, answer.Time, answer.Age = &price, moment(p.Time), &age
	}
	for _, s := range p.Sources {
		answer.Sources = append(answer.Sources, SourcePrice{s.Source, Price(s.Price), s.Time.UTC(), s.Fresh})
	}
	return answer
}

func validity(s layers.Span) Validity { return Validity{From: moment(s.From), To: moment(s.To)} }
