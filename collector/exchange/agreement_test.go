package exchange_test

import (
	"bytes"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strata/collector"
	"strata/collector/gate"
	"strata/collector/kucoin"
	"strata/collector/okx"
	"strata/layers"
)

// replay answers every call with one recorded body.
type replay []byte

func (body replay) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(bytes.NewReader(body)), Request: r,
	}, nil
}

func recorded(t *testing.T, source, name string) replay {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", source, "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// The same three days of bitcoin, recorded at three exchanges that write their columns
// in three different orders: no two columns can be mixed up, and no day can begin at
// another midnight, without the exchanges seeming to disagree.
func TestThreeExchangesAgreeOnTheSameDays(t *testing.T) {
	const day = 24 * time.Hour
	span := layers.Span{From: time.Date(2021, 9, 19, 0, 0, 0, 0, time.UTC), To: time.Date(2021, 9, 22, 0, 0, 0, 0, time.UTC)}
	var candles [][]layers.Candle
	for _, at := range []struct {
		symbol string
		source collector.Historian
	}{
		{"BTC_USDT", gate.New(gate.Options{Transport: recorded(t, "gate", "candlesticks-days.json")})},
		{"BTC-USDT", kucoin.New(kucoin.Options{Transport: recorded(t, "kucoin", "candles-days.json")})},
		{"BTC-USDT", okx.New(okx.Options{Transport: recorded(t, "okx", "candles-days.json")})},
	} {
		name := at.source.Name()
		past, err := at.source.History(t.Context(), []layers.Listing{{Token: "bitcoin", Source: name, Symbol: at.symbol}}, day, span)
		if err != nil || len(past.Candles) != 3 {
			t.Fatalf("%s: %+v, %v", name, past, err)
		}
		candles = append(candles, past.Candles)
	}
	for i, one := range candles[0] {
		if one.OpenPrice.Cmp(one.Close) <= 0 {
			t.Errorf("bitcoin fell on each of these days, and %s says %+v", one.Source, one)
		}
		for _, other := range [...]layers.Candle{candles[1][i], candles[2][i]} {
			agree(t, one, other, one.OpenPrice, other.OpenPrice)
			agree(t, one, other, one.High, other.High)
			agree(t, one, other, one.Low, other.Low)
			agree(t, one, other, one.Close, other.Close)
		}
	}
}

// agree allows a difference of 0.1 %, which is less than any two prices of a day differ.
func agree(t *testing.T, a, b layers.Candle, x, y layers.Decimal) {
	t.Helper()
	if math.Abs(x.Float64()/y.Float64()-1) > 1e-3 || !a.Open.Equal(b.Open) {
		t.Errorf("%s says %s where %s says %s: %+v, %+v", a.Source, x, b.Source, y, a, b)
	}
}
