package collector

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"strata/layers"
)

// wander is a market of 100 tokens at five sources that wander by a tenth of a percent a
// minute: three print four or five digits, one of them the time of its last trade too, one
// averages and prints ten.
type wander struct {
	r      *rand.Rand
	at     time.Time
	prices []float64
	last   map[string]Heard
}

func newWander() *wander {
	w := &wander{r: rand.New(rand.NewPCG(1, 2)), at: time.UnixMilli(1782315842123).UTC(), last: make(map[string]Heard)}
	for range 100 {
		w.prices = append(w.prices, math.Exp(3*w.r.NormFloat64()))
	}
	return w
}

// next is the note of the next minute.
func (w *wander) next() Note {
	w.at = w.at.Add(time.Minute + time.Duration(w.r.IntN(40))*time.Millisecond)
	n := Note{Time: w.at, Rate: layers.Decimal{Coefficient: 99848 + w.r.Int64N(5), Exponent: -5}}
	for i := range w.prices {
		w.prices[i] *= math.Exp(0.001 * w.r.NormFloat64())
		status := TokenStatus{Token: fmt.Sprintf("%05d-protocol", i*37), State: TokenOK}
		for _, s := range []struct {
			name, currency string
			digits         int
			clock          time.Duration
			moves          float64 // share of minutes
		}{
			{"binance", USDT, 5, 0, 1}, {"coinbase", USD, 5, time.Millisecond, 0.6}, {"coingecko", USD, 10, time.Second, 0.95},
			{"gate", USDT, 5, 0, 0.9}, {"kraken", USD, 5, 0, 0.5},
		} {
			h, known := w.last[s.name+status.Token]
			if !known || w.r.Float64() < s.moves {
				exponent := int8(math.Floor(math.Log10(w.prices[i]))) - int8(s.digits) + 1
				price := w.prices[i] * (1 + 0.0003*w.r.NormFloat64()) * math.Pow10(-int(exponent))
				h = Heard{Token: status.Token, Source: s.name, Currency: s.currency, Used: true,
					Price: layers.Decimal{Coefficient: int64(math.Round(price)), Exponent: exponent}}
				if s.clock > 0 {
					h.Time = w.at.Add(-time.Duration(20 * w.r.ExpFloat64() * float64(time.Second))).Truncate(s.clock)
				}
				w.last[s.name+status.Token] = h
			}
			status.Sources, n.Heard = append(status.Sources, s.name), append(n.Heard, h)
		}
		n.Tokens = append(n.Tokens, status)
	}
	return n
}

// TestTheNotesOfAnHourPackToThreeBytesAQuote: whoever keeps them may pack them, and two days
// of a hundred tokens at five sources are four megabytes. A price alone has nearly two
// bytes that nobody could know.
func TestTheNotesOfAnHourPackToThreeBytesAQuote(t *testing.T) {
	w := newWander()
	var all []byte
	quotes := 0
	for range 60 {
		n := w.next()
		all, quotes = append(all, n.Encode()...), quotes+len(n.Heard)
	}
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	alone, packed := float64(len(all))/float64(quotes), float64(len(encoder.EncodeAll(all, nil)))/float64(quotes)
	t.Logf("%.1f bytes a quote, %.1f packed", alone, packed)
	if packed > 3 {
		t.Errorf("%.1f bytes a quote, %.1f packed", alone, packed)
	}
}

// TestAPriceIsWrittenExactlyWhateverStandsBeforeIt: a price is written as the difference
// from the one before, of other digits and perhaps far away.
func TestAPriceIsWrittenExactlyWhateverStandsBeforeIt(t *testing.T) {
	n := Note{Time: time.UnixMilli(1).UTC(), Tokens: []TokenStatus{{Token: "bittensor", State: TokenDisputed}}}
	for _, coefficient := range []int64{1, -1, 7070, math.MaxInt64, math.MinInt64, 1e18, 3} {
		for _, exponent := range []int8{0, -4, 127, -128, 18, -19} {
			n.Heard = append(n.Heard, Heard{Token: "bittensor", Source: "gate", Currency: USD, Price: layers.Decimal{Coefficient: coefficient, Exponent: exponent}})
		}
	}
	got, err := DecodeNote(n.Encode())
	if err != nil || len(got.Heard) != len(n.Heard) {
		t.Fatal(err)
	}
	for i, h := range got.Heard {
		if h != n.Heard[i] {
			t.Errorf("%v was read as %v", n.Heard[i].Price, h.Price)
		}
	}
}
