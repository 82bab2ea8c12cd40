package identity

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"strata/collector"
	"strata/layers"
)

// Limits of what one coin's prices may do.
const (
	otherCoin = 0.05      // from the others, beyond which it is hardly the same coin
	standing  = time.Hour // of a price by its source's own time, after which its market stands still
	lookAlike = 0.005     // of two tokens' prices, within which one may be taken for the other
)

// Said is what a source answered for the listings it was asked for.
type Said struct {
	Source   string
	Derived  bool // its prices come from another source: it is held against others and proves nothing
	Listings []layers.Listing
	Answer   collector.Answer
}

// CheckPrices holds every listing against the other sources' prices of the same token.
func CheckPrices(c *layers.Catalogue, said []Said, at time.Time) []Finding {
	k := check{catalogue: c, at: at, rate: dollarsPerTether(said), offers: make(map[string][]offer)}
	for _, s := range said {
		k.listen(s)
	}
	prices := make(map[string]float64, len(k.offers))
	for token, offers := range k.offers {
		if agreed := majority(voters(offers)); len(agreed) > 0 {
			prices[token] = middle(agreed)
		}
	}
	for token, offers := range k.offers {
		k.compare(token, offers, prices)
	}
	return Join(k.findings)
}

// dollarsPerTether returns the middle price of what quotes in USDT are counted in.
// Within five percent it is a dollar, should nobody say better.
func dollarsPerTether(said []Said) float64 {
	var prices []float64
	for _, s := range said {
		for _, q := range s.Answer.Quotes {
			if q.Token == tether && q.Currency != collector.USDT {
				prices = append(prices, q.Price.Float64())
			}
		}
	}
	if len(prices) == 0 {
		return 1
	}
	slices.Sort(prices)
	return middle(prices)
}

// tether is the slug of the token that quotes in USDT are counted in.
const tether = "tether"

// check gathers findings.
type check struct {
	catalogue *layers.Catalogue
	at        time.Time
	rate      float64            // US dollars for one USDT
	offers    map[string][]offer // by token
	findings  []Finding
}

// offer is a price in US dollars that a source has for a token.
type offer struct {
	listing layers.Listing
	price   float64
	votes   bool
}

func (k *check) found(l layers.Listing, kind Kind, line, format string, args ...any) {
	f := about(k.catalogue, l, kind, format, args...)
	f.Line = line
	k.findings = append(k.findings, f)
}

// listen takes the answer of one source apart: what is missing, what stands still, and
// what can be compared.
func (k *check) listen(s Said) {
	listings := make(map[string]layers.Listing, len(s.Listings))
	for _, l := range s.Listings {
		listings[l.Token] = l
	}
	for _, m := range s.Answer.Missing {
		l, ok := listings[m.Token]
		switch {
		case !ok || m.Unasked:
		case m.Malformed:
			k.found(l, NoPrice, "", "%s gives no price: %s", s.Source, m.Reason)
		default:
			k.found(l, Dead, ended(l, k.at), "%s has no price under that name: %s", s.Source, m.Reason)
		}
	}
	volumes := givesVolumes(s.Answer.Quotes)
	for _, q := range s.Answer.Quotes {
		l, ok := listings[q.Token]
		if !ok || !q.Price.IsPositive() {
			continue
		}
		if why := k.stands(q, volumes); why != "" {
			k.found(l, Frozen, ended(l, k.at), "the market stands still, as of a symbol that settles or was delisted: %s", why)
			continue
		}
		price := q.Price.Float64()
		if q.Currency == collector.USDT {
			price *= k.rate
		}
		k.offers[q.Token] = append(k.offers[q.Token], offer{l, price, !s.Derived})
	}
}

// givesVolumes says whether a source gives the volumes of its markets: then one without
// is one without trades.
func givesVolumes(quotes []collector.Quote) bool {
	given := 0
	for _, q := range quotes {
		if q.Volume.IsPositive() {
			given++
		}
	}
	return 2*given > len(quotes)
}

// stands says by what a market is seen to stand still, or "".
func (k *check) stands(q collector.Quote, volumes bool) string {
	switch age := k.at.Sub(q.Time); {
	case !q.Time.IsZero() && age > standing:
		return fmt.Sprintf("its newest price, %s, is %s old", q.Price, age.Truncate(time.Second))
	case volumes && !q.Volume.IsPositive():
		return fmt.Sprintf("nothing was traded in 24 hours, the price is %s", q.Price)
	}
	return ""
}

// compare holds the prices of one token against each other.
func (k *check) compare(token string, offers []offer, prices map[string]float64) {
	price, agreed := prices[token]
	for _, o := range offers {
		switch {
		case agreed && apart(o.price, price) > otherCoin:
			k.found(o.listing, WrongCoin, ended(o.listing, k.at), "costs %.6g, the others %.6g (sources: %d): another coin%s",
				o.price, price, len(majority(voters(offers))), likeness(token, o.price, prices))
		case !agreed && o.votes:
			k.found(o.listing, Disputed, "", "costs %.6g, of %s, and nobody can tell who means another coin", o.price, list(voters(offers)))
		}
	}
}

// likeness names a token that costs as much.
func likeness(token string, price float64, prices map[string]float64) string {
	var like []string
	for other, its := range prices {
		if other != token && apart(price, its) <= lookAlike {
			like = append(like, other)
		}
	}
	if len(like) == 0 {
		return ""
	}
	slices.Sort(like)
	return ", maybe " + strings.Join(like, " or ") + ", which costs as much"
}

// voters returns the prices that prove something. Where there are only derived ones they
// must do.
func voters(offers []offer) (prices []float64) {
	for _, o := range offers {
		if o.votes {
			prices = append(prices, o.price)
		}
	}
	if len(prices) == 0 {
		for _, o := range offers {
			prices = append(prices, o.price)
		}
	}
	slices.Sort(prices)
	return prices
}

// majority returns the prices, of those in ascending order, that more than half agree
// on; none when there is no such half.
func majority(prices []float64) (agreed []float64) {
	for _, p := range prices {
		near := slices.DeleteFunc(slices.Clone(prices), func(q float64) bool { return apart(p, q) > otherCoin })
		if 2*len(near) > len(prices) && len(near) > len(agreed) {
			agreed = near
		}
	}
	return agreed
}

// middle returns the median of prices in ascending order, of which there must be one.
func middle(prices []float64) float64 {
	n := len(prices)
	return (prices[(n-1)/2] + prices[n/2]) / 2
}

// apart is the relative distance of two prices, from the lower one.
func apart(a, b float64) float64 { return max(a, b)/min(a, b) - 1 }

func list(prices []float64) string {
	words := make([]string, len(prices))
	for i, p := range prices {
		words[i] = fmt.Sprintf("%.6g", p)
	}
	return strings.Join(words, ", ")
}
