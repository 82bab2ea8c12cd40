package risk

import (
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// price returns the newest that is known of a token's price: the median of the
// sources' newest samples that are fresh, as old as the oldest of them.
func (v *view) price(token string) TokenPrice {
	p := TokenPrice{Token: token}
	var fresh []layers.Decimal
	feeds := v.priced(token)
	if len(feeds) > 0 {
		p.LastChange = feeds.changed(v.at, horizon)
	}
	for _, f := range feeds {
		source := v.sourcePrice(f)
		p.Sources = append(p.Sources, source)
		p.LastSample = later(p.LastSample, source.Time)
		if !source.Fresh {
			continue
		}
		fresh = append(fresh, source.Price)
		if p.Time.IsZero() || source.Time.Before(p.Time) {
			p.Time = source.Time
		}
	}
	if p.Known = len(fresh) > 0; p.Known {
		p.Price = MedianPrice(fresh)
	} else {
		p.Reason = v.priceless(p)
	}
	return p
}

func (v *view) sourcePrice(f *feed) SourcePrice {
	changed, _ := f.changed(v.at, horizon)
	return SourcePrice{
		Source: f.source, Price: f.price, Time: f.newest(), LastChange: changed,
		Fresh: v.at.Sub(f.newest()) <= freshFor,
	}
}

// priceless says why a token without a fresh sample has no price.
func (v *view) priceless(p TokenPrice) string {
	if t, ok := v.catalogue.Token(p.Token); ok && t.State(v.at) != layers.Live {
		return absence(t, t.State(v.at))
	}
	if p.LastSample.IsZero() {
		return "no sample in the last 30 days"
	}
	return fmt.Sprintf("newest sample is %v old, limit %v", ceilSecond(v.at.Sub(p.LastSample)), freshFor)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// MedianPrice returns the middle price, of an even number the exact mean of the two
// middle ones, or the lower of them when the mean has too many digits. It reorders
// prices.
func MedianPrice(prices []layers.Decimal) layers.Decimal {
	slices.SortFunc(prices, layers.Decimal.Cmp)
	middle := len(prices) / 2
	if len(prices)%2 == 1 {
		return prices[middle]
	}
	low, high := prices[middle-1], prices[middle]
	if mean, ok := meanPrice(low, high); ok {
		return mean
	}
	return low
}

// maxCoefficient bounds what [layers.Decimal] holds: 18 digits.
const maxCoefficient int64 = 1e18 - 1

// meanPrice returns the exact mean of two prices, if it fits.
func meanPrice(a, b layers.Decimal) (layers.Decimal, bool) {
	if a.Cmp(b) == 0 {
		return a, true
	}
	for a.Exponent != b.Exponent {
		wide := &a
		if b.Exponent > a.Exponent {
			wide = &b
		}
		if wide.Coefficient > maxCoefficient/10 {
			return layers.Decimal{}, false
		}
		wide.Coefficient, wide.Exponent = wide.Coefficient*10, wide.Exponent-1
	}
	sum := a.Coefficient + b.Coefficient
	if sum%2 == 0 {
		return layers.Decimal{Coefficient: sum / 2, Exponent: a.Exponent}, true
	}
	if sum > maxCoefficient/5 {
		return layers.Decimal{}, false
	}
	return layers.Decimal{Coefficient: sum * 5, Exponent: a.Exponent - 1}, true
}
