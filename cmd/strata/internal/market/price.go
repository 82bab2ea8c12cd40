package market

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// tether is the token that quotes in USDT are counted in, and what it always costs.
const (
	tether      = "tether"
	tetherPrice = 0.9995
)

const minute = int64(time.Minute / time.Second)

// exact is a price as an exchange prints it: a count of ticks.
type exact struct {
	ticks  int64
	places int // digits after the point
}

// String writes all digits: "0.7070".
func (e exact) String() string {
	return new(big.Rat).SetFrac(big.NewInt(e.ticks), tenTo(e.places)).FloatString(e.places)
}

// number writes e as JSON encoders do, without zeros at the end.
func (e exact) number() string {
	text := e.String()
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

func tenTo(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

// worth is what a token costs in US dollars in a minute, everywhere about the same.
func (m *Market) worth(token string, t time.Time) float64 {
	if token == tether {
		return tetherPrice
	}
	at, id := t.Unix()/minute, hash(m.seed, token)
	return level(id) * math.Exp(0.7*walk(m.seed, at)+walk(id, at))
}

// quoted is the same at one source, which is a little off, in the currency of its market.
func (v *Venue) quoted(l layers.Listing, t time.Time) float64 {
	price := v.market.worth(l.Token, t) * v.factor()
	if l.Token == tether {
		return price
	}
	if v.inTether {
		price /= tetherPrice
	}
	const most = 2e-4
	return price * (1 + most*noise(hash(v.market.seed, v.Name+l.Token), t.Unix()/minute))
}

// ticked is the same in the ticks of the market.
func (v *Venue) ticked(l layers.Listing, t time.Time) exact {
	places := 4
	if l.Token != tether {
		places = max(0, 5-int(math.Floor(math.Log10(level(hash(v.market.seed, l.Token))))))
	}
	return exact{int64(math.Round(v.quoted(l, t) * math.Pow10(places))), places}
}

// averaged is the same as an aggregator prints it: what floating point made of it.
func (v *Venue) averaged(l layers.Listing, t time.Time) string {
	return strconv.FormatFloat(v.quoted(l, t), 'f', -1, 64)
}

// level is about what a token costs over the years: from a cent to ten thousand dollars.
func level(id uint64) float64 { return math.Pow(10, -2+6*unit(id)) }

// walk is the logarithm of a price that moves by some 80 % a year, at any minute: noises of
// all periods, each as strong as the root of it, make what looks like a random walk.
func walk(id uint64, at int64) float64 {
	const octaves, perMinute = 18, 1e-3
	sum := 0.0
	for k := range octaves {
		period := int64(1) << k
		n, rest := at/period, float64(at%period)/float64(period)
		sum += math.Sqrt(float64(period)) * ((1-rest)*noise(id+uint64(k), n) + rest*noise(id+uint64(k), n+1))
	}
	return perMinute * sum
}

// noise is a number from -1 to 1.
func noise(id uint64, n int64) float64 {
	return 2*unit(mix(id^mix(uint64(n)))) - 1 //nolint:gosec // any bits will do
}

// unit is a number from 0 to 1.
func unit(bits uint64) float64 { return float64(bits>>11) / (1 << 53) }

func hash(seed uint64, text string) uint64 {
	for _, b := range []byte(text) {
		seed = mix(seed ^ uint64(b))
	}
	return mix(seed)
}

// mix is the finaliser of SplitMix64.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
