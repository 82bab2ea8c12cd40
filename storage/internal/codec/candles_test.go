package codec

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/layers"
)

func TestAnyCandlesComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := drawTimes(t)
		var fields [5][]Point
		for i := range fields {
			fields[i] = drawPoints(t, times)
		}
		var candles []layers.Candle
		for i, at := range times {
			candles = append(candles, layers.Candle{
				Open: time.UnixMilli(at).UTC(), Interval: time.Minute,
				OpenPrice: fields[0][i].Value, High: fields[1][i].Value, Low: fields[2][i].Value,
				Close: fields[3][i].Value, Volume: fields[4][i].Value,
			})
		}
		value, err := EncodeCandles(time.Minute, candles)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeCandles(nil, value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(candles, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestEveryFlippedBitAndEveryTruncationOfCandlesIsFound(t *testing.T) {
	value, err := EncodeCandles(time.Hour, threeCandles())
	if err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(value) {
		value[bit/8] ^= 1 << (bit % 8)
		if got, err := DecodeCandles(nil, value); !errors.Is(err, ErrDamaged) || got != nil {
			t.Errorf("bit %d: %d candles, %v", bit, len(got), err)
		}
		value[bit/8] ^= 1 << (bit % 8)
	}
	for n := range value {
		if _, err := DecodeCandles(nil, value[:n:n]); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d of %d bytes: %v", n, len(value), err)
		}
	}
}

// threeCandles are hours, one of them missing.
func threeCandles() []layers.Candle {
	var candles []layers.Candle
	for i, hour := range []int64{0, 1, 3} {
		price := func(c int) layers.Decimal { return layers.Decimal{Coefficient: int64(c + i), Exponent: -4} }
		candles = append(candles, layers.Candle{
			Token: "fetch-ai", Source: "binance", Open: time.Unix(1_700_002_800+3600*hour, 0).UTC(), Interval: time.Hour,
			OpenPrice: price(7001), High: price(7009), Low: price(6990), Close: price(7003),
			Volume: layers.Decimal{Coefficient: 123456789, Exponent: -3},
		})
	}
	return candles
}

func TestCandlesThatCannotBeKeptAreRefused(t *testing.T) {
	tests := map[string]func(c []layers.Candle){
		"another token":         func(c []layers.Candle) { c[1].Token = "bittensor" },
		"another source":        func(c []layers.Candle) { c[1].Source = "kraken" },
		"another interval":      func(c []layers.Candle) { c[1].Interval = time.Minute },
		"a time twice":          func(c []layers.Candle) { c[1].Open = c[0].Open },
		"parts of milliseconds": func(c []layers.Candle) { c[1].Open = c[1].Open.Add(1) },
		"a time out of range":   func(c []layers.Candle) { c[2].Open = time.UnixMilli(maxTime + 1) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			candles := threeCandles()
			change(candles)
			if value, err := EncodeCandles(time.Hour, candles); !errors.Is(err, ErrCandles) || value != nil {
				t.Errorf("%d bytes, %v", len(value), err)
			}
		})
	}
}
