package market

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"strata/layers"
)

// Told is what a sound store holds of a token at a source and a time, in US dollars:
// exactly what an exchange said in dollars; the exact product with the price of Tether,
// rounded to 8 significant digits, of what it said in USDT; an aggregator's average
// rounded to 10. The source is one that lists the token and tells the truth.
func (m *Market) Told(source, token string, at time.Time) (layers.Decimal, error) {
	v := m.venues[source]
	l, ok := v.listing(token)
	if !ok {
		return layers.Decimal{}, fmt.Errorf("%s does not list %s", source, token)
	}
	var text string
	switch {
	case !v.exchange:
		text = round(v.averaged(l, at), 10)
	case v.inTether:
		rate, price := exact{9995, 4}, v.ticked(l, at)
		product := exact{price.ticks * rate.ticks, price.places + rate.places}
		text = round(product.String(), 8)
	default:
		text = v.ticked(l, at).String()
	}
	return layers.ParseDecimal(text)
}

// round leaves so many significant digits of a plain decimal number, half to even.
func round(text string, digits int) string {
	whole, fraction, _ := strings.Cut(text, ".")
	number, _ := new(big.Int).SetString(whole+fraction, 10)
	excess := len(number.String()) - digits
	if excess <= 0 {
		return text
	}
	unit := tenTo(excess)
	quotient, rest := new(big.Int).QuoRem(number, unit, new(big.Int))
	switch twice := rest.Lsh(rest, 1).Cmp(unit); {
	case twice > 0, twice == 0 && quotient.Bit(0) == 1:
		quotient.Add(quotient, big.NewInt(1))
	}
	return fmt.Sprintf("%se%d", quotient, excess-len(fraction))
}

// Stamped says whether a source dates prices of the past like that: exchanges to the end of an
// interval, aggregators a little later.
func (m *Market) Stamped(source string, at time.Time) bool {
	late := map[string]time.Duration{"coingecko": geckoLate, "defillama": llamaLate}[source]
	return at.Add(-late).Equal(at.Add(-late).Truncate(5 * time.Minute))
}
