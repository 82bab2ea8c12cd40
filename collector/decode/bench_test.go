package decode_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"

	"strata/collector/decode"
	"strata/layers"
)

// coins is an answer of CoinGecko's /simple/price for 250 coins.
func coins() []byte {
	text := []byte("{")
	for i := range 250 {
		text = fmt.Appendf(text, `"some-token-%d":{"usd":%d.96732704346,"last_updated_at":%d},`, i, 60000+i, 1779092258+i)
	}
	return append(text[:len(text)-1], '}')
}

// book is a recorded answer of Kraken for all pairs.
func book(b *testing.B) []byte {
	b.Helper()
	packed, err := os.ReadFile("../kraken/testdata/ticker.json.gz")
	if err != nil {
		b.Fatal(err)
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		b.Fatal(err)
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func BenchmarkCoins(b *testing.B) {
	body := coins()
	b.Run("members", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var all, coin decode.Members
		for b.Loop() {
			if err := all.Table(body); err != nil || all.Len() != 250 {
				b.Fatal(all.Len(), err)
			}
			for _, text := range all.All() {
				if err := coin.Object(text); err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Number(coin.Get("usd")); err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Integer(coin.Get("last_updated_at")); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("rows", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		all := decode.NewRows("usd", "last_updated_at")
		for b.Loop() {
			if err := all.Table(body); err != nil || all.Members().Len() != 250 {
				b.Fatal(all.Members().Len(), err)
			}
			for coin, err := range all.All() {
				if err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Number(coin.Get("usd")); err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Integer(coin.Get("last_updated_at")); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("maps", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			all, err := decode.Table(body)
			if err != nil || len(all) != 250 {
				b.Fatal(len(all), err)
			}
			for _, text := range all {
				if _, err := decode.Object(text); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var all map[string]struct {
				USD     layers.Decimal `json:"usd"`
				Updated int64          `json:"last_updated_at"`
			}
			if err := json.Unmarshal(body, &all); err != nil || len(all) != 250 {
				b.Fatal(len(all), err)
			}
		}
	})
}

func BenchmarkBook(b *testing.B) {
	body := book(b)
	b.Run("members", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var envelope, pairs, ticker decode.Members
		var last []json.RawMessage
		for b.Loop() {
			if err := envelope.Object(body); err != nil {
				b.Fatal(err)
			}
			if err := pairs.Table(envelope.Get("result")); err != nil {
				b.Fatal(err)
			}
			for _, text := range pairs.All() {
				if err := ticker.Object(text); err != nil {
					b.Fatal(err)
				}
				var err error
				if last, err = decode.AppendArray(last[:0], ticker.Get("c")); err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Quoted(last[0]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("rows", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		var envelope decode.Members
		pairs := decode.NewRows("c")
		var last []json.RawMessage
		for b.Loop() {
			if err := pairs.TableIn(&envelope, body, "result"); err != nil || pairs.Err() != nil {
				b.Fatal(err, pairs.Err())
			}
			for ticker, err := range pairs.All() {
				if err != nil {
					b.Fatal(err)
				}
				if last, err = decode.AppendArray(last[:0], ticker.Get("c")); err != nil {
					b.Fatal(err)
				}
				if _, err := decode.Quoted(last[0]); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			var answer struct {
				Error  []string
				Result map[string]struct {
					C []string
					T []int64
				}
			}
			if err := json.Unmarshal(body, &answer); err != nil {
				b.Fatal(err)
			}
		}
	})
}
