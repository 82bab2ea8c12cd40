package collector

import (
	"context"
	"math/big"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

// rational is a decimal by another arithmetic.
func rational(d layers.Decimal) *big.Rat {
	r, _ := new(big.Rat).SetString(d.String())
	return r
}

func TestDollarsAreTheExactProductToEightDigits(t *testing.T) {
	digits := rapid.Int64Range(1, 999_999_999_999_999_999)
	decimal := rapid.Custom(func(t *rapid.T) layers.Decimal {
		d := layers.Decimal{Coefficient: digits.Draw(t, "coefficient"), Exponent: int8(rapid.IntRange(-20, 10).Draw(t, "exponent"))}
		return d.Round(rapid.IntRange(1, 18).Draw(t, "digits"))
	})
	rapid.Check(t, func(t *rapid.T) {
		amount, rate := decimal.Draw(t, "amount"), decimal.Draw(t, "rate")
		got := inDollars(amount, rate)
		if got.Coefficient > 99_999_999 && got.Round(8) != got {
			t.Fatalf("%s has more than 8 digits", got)
		}
		exact := new(big.Rat).Mul(rational(amount), rational(rate))
		off := new(big.Rat).Sub(rational(got), exact)
		// Half a unit of the eighth digit is at most 5e-8 of the number.
		if off.Abs(off).Cmp(new(big.Rat).Mul(exact, big.NewRat(5, 100_000_000))) > 0 {
			t.Fatalf("%s x %s is %s, not %s", amount, rate, got, exact.FloatString(30))
		}
	})
}

func TestATieOfManyDigitsIsNoTieForWhatWasCutOff(t *testing.T) {
	for _, test := range []struct{ amount, rate, want string }{
		{"100000000.5", "1", "100000000"},                           // a tie goes to the even neighbour
		{"1.00000005", "1", "1.0000000"},                            //
		{"1.00000015", "1", "1.0000002"},                            //
		{"1.00000005000000001", "1.00000000000000001", "1.0000001"}, // 35 digits, just above a tie
		{"123456789012345678", "0.5", "61728395000000000"},
		{"0.9998", "0", "0"},
	} {
		if got := inDollars(price(t, test.amount), price(t, test.rate)); got.Cmp(price(t, test.want)) != 0 {
			t.Errorf("%s x %s is %s, want %s", test.amount, test.rate, got, test.want)
		}
	}
}

// tethered is a market in which Kraken quotes Tether and a token in dollars and Gate the
// token in USDT.
type tethered struct {
	kept         shelf
	kraken, gate *fake
	c            *Collector
}

func newTethered(t *testing.T, tether func() string, opts Options) *tethered {
	m := &tethered{kraken: &fake{name: "kraken"}, gate: &fake{name: "gate"}}
	m.kraken.latest = func(_ context.Context, l []layers.Listing) (Answer, error) {
		var a Answer
		for _, listing := range l {
			if p := tether(); listing.Token == tetherSlug && p != "" {
				a.Quotes = append(a.Quotes, Quote{Token: tetherSlug, Price: price(t, p), Currency: USD})
			}
		}
		return a, nil
	}
	m.gate.latest = func(_ context.Context, l []layers.Listing) (Answer, error) {
		return Answer{Quotes: []Quote{{
			Token: "bittensor", Price: price(t, "215.79"), Currency: USDT, Volume: price(t, "1000000"), MarketCap: price(t, "2e9"),
		}}}, nil
	}
	m.c = startOn(t, &m.kept, opts, listing(t, "tether kraken", "bittensor gate"), m.kraken, m.gate)
	return m
}

func TestAPriceInTetherBecomesDollarsByThePriceOfTether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newTethered(t, func() string { return "0.9987" }, Options{})
		cycle := m.c.Collect(t.Context())
		got := map[string]layers.Sample{}
		for _, s := range m.kept.samples() {
			got[s.Token] = s
		}
		// 215.79 x 0.9987 = 215.509473, 1e6 x 0.9987, 2e9 x 0.9987
		tao := got["bittensor"]
		if tao.Price.String() != "215.50947" || tao.Volume.Float64() != 998_700 || tao.MarketCap.Float64() != 1_997_400_000 {
			t.Errorf("%+v", tao)
		}
		if got["tether"].Price.String() != "0.9987" || cycle.Rate.String() != "0.9987" {
			t.Errorf("tether %+v, rate %s", got["tether"], cycle.Rate)
		}
	})
}

func TestTheLastPriceOfTetherHoldsForAsLongAsAQuoteMayBeOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := time.Now().Add(90 * time.Second)
		m := newTethered(t, func() string {
			if time.Now().After(gone) {
				return ""
			}
			return "0.9987"
		}, Options{})
		run(t, m.c, 20*time.Minute+time.Second)
		var prices int
		for _, s := range m.kept.samples() {
			if s.Token == "bittensor" {
				prices++
			}
		}
		// Tether was quoted in the cycle of minute 1 only.
		if rejected := m.c.Status().Sources[1].Rejected[ReasonNoRate]; prices != 11 || rejected != 9 {
			t.Errorf("%d prices with the rate of minute 1, %d without any, want 11 and 9", prices, rejected)
		}
		if state := m.c.Status().Tokens[0].State; state != TokenMissing {
			t.Errorf("the token is %s", state)
		}
	})
}

func TestARateOfBeforeTheStartWillDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for age, want := range map[time.Duration]int{time.Minute: 1, 11 * time.Minute: 0} {
			m := newTethered(t, func() string { return "" }, Options{Last: []layers.Sample{
				{Token: "tether", Source: "kraken", Price: price(t, "0.5"), Time: time.Now().Add(-age)},
			}})
			m.c.Collect(t.Context())
			if got := m.kept.samples(); len(got) != want || want == 1 && got[0].Price.String() != "107.895" {
				t.Errorf("%s old: %+v", age, got)
			}
		}
	})
}

// At 0.90 dollars a Tether, 239.8 USDT are 215.8 dollars: nobody lies.
func TestTheBandAndTheJumpGateCountInDollars(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		rate := "1.0000"
		quote := func(source, currency string, p func() string) *fake {
			return &fake{name: source, latest: func(_ context.Context, l []layers.Listing) (Answer, error) {
				var a Answer
				for _, listing := range l {
					q := Quote{Token: listing.Token, Price: price(t, p()), Currency: currency}
					if listing.Token == tetherSlug {
						q.Price, q.Currency = price(t, rate), USD
					}
					a.Quotes = append(a.Quotes, q)
				}
				return a, nil
			}}
		}
		inUSDT := "215.8"
		dollars := func() string { return "215.8" }
		c := startOn(t, &kept, Options{}, listing(t, "tether kraken", "bittensor kraken coinbase gate okx"),
			quote("kraken", USD, dollars), quote("coinbase", "", dollars),
			quote("gate", USDT, func() string { return inUSDT }), quote("okx", USDT, func() string { return inUSDT }))
		for _, step := range []struct{ rate, usdt string }{{"1.0000", "215.8"}, {"0.9000", "239.78"}, {"0.7000", "308.29"}} {
			rate, inUSDT = step.rate, step.usdt
			cycle := c.Collect(t.Context())
			if len(cycle.Samples) != 5 || len(cycle.Rejected) != 0 {
				t.Errorf("at %s: %d samples, rejected %+v", step.rate, len(cycle.Samples), cycle.Rejected)
			}
			elapse(time.Minute)
		}
	})
}

func TestTetherIsNotQuotedInItself(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		for currency, want := range map[string]Reason{USDT: ReasonMalformed, "EUR": ReasonMalformed} {
			c := startOn(t, &kept, Options{}, listing(t, "tether gate"), &fake{name: "gate", latest: func(context.Context, []layers.Listing) (Answer, error) {
				return Answer{Quotes: []Quote{{Token: "tether", Price: price(t, "1"), Currency: currency}}}, nil
			}})
			if cycle := c.Collect(t.Context()); len(cycle.Samples) != 0 || len(cycle.Rejected) != 1 || cycle.Rejected[0].Reason != want {
				t.Errorf("tether in %s: %+v", currency, cycle)
			}
		}
	})
}
