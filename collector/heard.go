package collector

import (
	"cmp"
	"time"

	"strata/layers"
)

// Heard is one thing that a source said of a token in a cycle, or failed to say, and
// what became of it.
type Heard struct {
	Token    string
	Source   string
	Price    layers.Decimal // as quoted, in Currency; zero when there was no price
	Currency string         // [USD] or [USDT]
	Time     time.Time      // the source's own time of the price; zero when it gave none
	Used     bool           // counts in the state and the price of the token: accepted, or the repeat of what was
	Reason   Reason         // why it was not accepted; empty when it was
	Detail   string         // in words, where the reason does not say it all
}

// heard is all that was said of the tokens that were asked for, ordered by token, then
// by source.
func (j *judgement) heard() []Heard {
	all := make([]Heard, len(j.said))
	for i, s := range j.said {
		all[i] = Heard{
			Token: s.quote.Token, Source: s.desk.name, Price: s.quote.Price, Currency: cmp.Or(s.quote.Currency, USD),
			Time: s.quote.Time, Used: s.used, Reason: s.reason, Detail: s.detail,
		}
	}
	return all
}
