package collector

import (
	"cmp"
	"time"

	"strata/layers"
)

// Rejection is a quote, or the lack of one, that was not accepted.
type Rejection struct {
	Token  string
	Source string
	Reason Reason
	Detail string // in words, where the reason does not say it all
}

// judgement is what became of all that was said in a cycle.
type judgement struct {
	now     time.Time
	maxAge  time.Duration
	said    []*statement // ordered by token, then by source
	strange []Rejection  // what nobody had asked for
	tokens  []TokenStatus
	rate    layers.Decimal // US dollars for one USDT; zero when it is not known
	panel   panel          // of the token in work
}

// judge sends all quotes through the gates: each by itself first, then against the
// other sources' for the same token. Tether comes first of all, for its price is what
// turns quotes in USDT into dollars.
func (c *Collector) judge(rounds []round, now time.Time) judgement {
	j := judgement{now: now, maxAge: c.opts.MaxAge}
	j.said, j.strange = c.gather(rounds)
	hearings, disputed := split(j.said, len(c.slugs)), make([]bool, len(c.slugs))
	tether, known := c.places[tetherSlug]
	if known {
		disputed[tether] = j.settle(hearings[tether])
		j.rate = j.rateOf(hearings[tether])
	}
	if !j.rate.IsPositive() {
		j.rate = c.lastRate(now)
	}
	for place, hearing := range hearings {
		if !known || place != tether {
			disputed[place] = j.settle(hearing)
		}
	}
	names := make([]string, 0, len(j.said))
	for place, asked := range c.askedFor(rounds) {
		if asked {
			var status TokenStatus
			status, names = describe(c.slugs[place], hearings[place], disputed[place], names)
			j.tokens = append(j.tokens, status)
		}
	}
	return j
}

// askedFor says of each token whether a source lists it.
func (c *Collector) askedFor(rounds []round) []bool {
	asked := make([]bool, len(c.slugs))
	for _, r := range rounds {
		for _, l := range r.listings {
			asked[c.places[l.Token]] = true
		}
	}
	return asked
}

// split cuts ordered statements into one piece a token.
func split(said []*statement, places int) [][]*statement {
	hearings := make([][]*statement, places)
	for i := 0; i < len(said); {
		n := i + 1
		for n < len(said) && said[n].place == said[i].place {
			n++
		}
		hearings[said[i].place] = said[i:n:n]
		i = n
	}
	return hearings
}

// rateOf is the median of what counts of Tether's own quotes.
func (j *judgement) rateOf(tether []*statement) layers.Decimal {
	var prices []layers.Decimal
	for _, s := range tether {
		if s.used {
			prices = append(prices, s.usd.price)
		}
	}
	return medianOf(prices)
}

// settle decides about all that was said of one token, and says whether the sources
// dispute its price.
func (j *judgement) settle(hearing []*statement) (disputed bool) {
	for _, s := range hearing {
		j.examine(s)
	}
	p := &j.panel
	p.call(hearing, false)
	if p.confirmJumps(); len(p.passed) == 0 && len(p.repeats) == 0 {
		p.call(hearing, true) // nobody knows the price at first hand
		p.confirmJumps()
	} else {
		p.sendHome(hearing)
	}
	return p.vote()
}

// examine sends one quote through the gates of its own.
func (j *judgement) examine(s *statement) {
	switch {
	case s.reason != "":
		return
	case !s.quote.Price.IsPositive():
		s.reason = ReasonNonPositive
		return
	}
	if s.reason, s.detail = s.inDollars(j.rate); s.reason != "" {
		return
	}
	before := s.memory()
	reason, after := before.examine(s.quote, s.usd.price, j.now, j.maxAge)
	s.voter = newVoter(s.quote, s.usd.price, *before, j.now, j.maxAge)
	s.reason, *before = reason, after
}

// inDollars turns the quote into US dollars.
func (s *statement) inDollars(rate layers.Decimal) (Reason, string) {
	s.usd = amounts{s.quote.Price, s.quote.Volume, s.quote.MarketCap}
	switch currency := cmp.Or(s.quote.Currency, USD); {
	case currency == USD:
	case currency != USDT || s.quote.Token == tetherSlug:
		return ReasonMalformed, "a price in " + clip(currency)
	case !rate.IsPositive():
		return ReasonNoRate, "the price of USDT is not known"
	default:
		s.usd.price = inDollars(s.quote.Price, rate)
		s.usd.volume = inDollars(s.quote.Volume, rate)
		s.usd.marketCap = inDollars(s.quote.MarketCap, rate)
	}
	s.usd.volume, s.usd.marketCap = amount(s.usd.volume), amount(s.usd.marketCap)
	return "", ""
}

// amount is a volume or a market cap, or nothing when it cannot be one.
func amount(d layers.Decimal) layers.Decimal {
	if !d.IsPositive() {
		return layers.Decimal{}
	}
	return d
}
