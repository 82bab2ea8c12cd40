package api

import (
	"context"
	"fmt"
	"time"

	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
)

// Explain is the part of a question that asks why the answer is what it is.
type Explain struct {
	Explain bool `query:"explain" doc:"1: say why as well: who said what, how old it was, what was accepted and why not"`
}

// Explanation is why the price of a token was what it was at an instant, or was not
// there: the samples that are kept for ever, and, for the last days, all that the
// sources said.
type Explanation struct {
	Token  string    `json:"token" example:"bittensor"`
	At     time.Time `json:"at" doc:"The instant that is explained"`
	Price  *PriceNow `json:"price" doc:"What was known then: the newest accepted sample of each source, and what they make together"`
	Cycle  *Cycle    `json:"cycle,omitempty" doc:"What the newest cycle up to then heard; absent when that is not kept"`
	Reason string    `json:"cycle_reason,omitempty" doc:"Why there is no cycle"`
}

// Cycle is what one cycle heard of a token.
type Cycle struct {
	Time      time.Time          `json:"time" doc:"Of all its samples"`
	Agreement *metrics.Agreement `json:"agreement,omitempty" doc:"What it made of the quotes; absent when it did not ask for the token"`
	Tether    *Price             `json:"usdt_usd,omitempty" doc:"US dollars for one USDT, by which quotes in USDT were turned into dollars; absent when not known"`
	Down      []string           `json:"down" nullable:"false" doc:"Sources that did not answer, or were left alone after a failure"`
	Quotes    []Quote            `json:"quotes" nullable:"false" doc:"By source"`
}

// Quote is what one source said of a token in a cycle.
type Quote struct {
	Source   string     `json:"source" example:"kraken"`
	Verdict  string     `json:"verdict" enum:"accepted,repeated,rejected" doc:"repeated: the very quote of before, which still counts and is no new sample"`
	Reason   string     `json:"reason,omitempty" doc:"Why it was not accepted, as in the counts of the source"`
	Detail   string     `json:"detail,omitempty"`
	Quoted   *Price     `json:"quoted" nullable:"true" doc:"As the source wrote it, in currency; null when it gave no price"`
	Currency string     `json:"currency" example:"USDT"`
	Price    *Price     `json:"price_usd,omitempty" doc:"The same in US dollars; absent when that is not known"`
	Time     *time.Time `json:"time,omitempty" doc:"The source's own time of the price; absent when it gives none"`
	Age      *float64   `json:"age_seconds,omitempty" doc:"How old it was when the cycle began, by that time"`
}

// explain explains the price of a token at an instant, if that is asked for.
func (s *server) explain(ctx context.Context, e Explain, t *layers.Token, at time.Time) (*Explanation, error) {
	all, err := s.explainAll(ctx, e, []*layers.Token{t}, at)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// explainAll explains the prices of tokens at an instant, if that is asked for.
func (s *server) explainAll(ctx context.Context, e Explain, tokens []*layers.Token, at time.Time) ([]Explanation, error) {
	if !e.Explain {
		return nil, nil
	}
	at = at.Truncate(time.Millisecond) // what samples are dated to
	return past(ctx, s, func(ctx context.Context) ([]Explanation, error) {
		var all []Explanation
		for _, t := range tokens {
			x, err := s.explanation(ctx, t, at)
			if err != nil {
				return nil, err
			}
			all = append(all, x)
		}
		return all, nil
	})
}

func (s *server) explanation(ctx context.Context, t *layers.Token, at time.Time) (Explanation, error) {
	price, err := risk.ComputePrice(ctx, s.view.Catalogue, s.view.History, t.Slug, at)
	if err != nil {
		return Explanation{}, err
	}
	heard, ok, err := s.view.Heard(t.Slug, at)
	if err != nil {
		return Explanation{}, fmt.Errorf("what was heard of %s: %w", t.Slug, err)
	}
	x := Explanation{Token: t.Slug, At: at, Price: priceNow(&price, at)}
	if ok {
		x.Cycle = cycleOf(heard)
	} else {
		x.Reason = "what was heard then is not kept, or there was no cycle yet"
	}
	return x, nil
}

func cycleOf(h metrics.Heard) *Cycle {
	c := &Cycle{
		Time: h.Cycle.UTC(), Agreement: h.Agreement, Tether: priceOf(h.Tether),
		Down: append([]string{}, h.Down...), Quotes: []Quote{},
	}
	for _, q := range h.Quotes {
		quote := Quote{
			Source: q.Source, Verdict: verdict(q), Reason: q.Reason, Detail: q.Detail,
			Quoted: priceOf(q.Price), Currency: q.Currency, Price: priceOf(q.Dollars), Time: moment(q.Time),
		}
		if !q.Time.IsZero() {
			quote.Age = new(h.Cycle.Sub(q.Time).Seconds())
		}
		c.Quotes = append(c.Quotes, quote)
	}
	return c
}

func verdict(q metrics.HeardQuote) string {
	switch {
	case q.Reason == "":
		return "accepted"
	case q.Used:
		return "repeated"
	}
	return "rejected"
}

// priceOf returns a price, or nil for none.
func priceOf(d layers.Decimal) *Price {
	if d == (layers.Decimal{}) {
		return nil
	}
	return new(Price(d))
}
