package main

import (
	"encoding/json"
	"errors"

	"strata/collector/decode"
	"strata/layers"
)

func coinReaders() []reader {
	type fields struct {
		USD     layers.Decimal `json:"usd"`
		Cap     layers.Decimal `json:"usd_market_cap"`
		Volume  layers.Decimal `json:"usd_24h_vol"`
		Updated int64          `json:"last_updated_at"`
	}
	names := []string{"usd", "usd_market_cap", "usd_24h_vol", "last_updated_at"}
	coins := decode.NewRows(names...)
	return []reader{
		{"encoding/json, as strict", func(body []byte) (int, error) {
			return readStrictly(body, names...)
		}},
		{"encoding/json, map of structs", func(body []byte) (int, error) {
			var all map[string]fields
			err := json.Unmarshal(body, &all)
			return len(all), err
		}},
		{"encoding/json, map of maps of raw values", func(body []byte) (int, error) {
			var all map[string]map[string]json.RawMessage
			err := json.Unmarshal(body, &all)
			return len(all), err
		}},
		{"ours", func(body []byte) (int, error) {
			if err := coins.Table(body); err != nil {
				return 0, err
			}
			for coin, err := range coins.All() {
				if err != nil {
					return 0, err
				}
				for _, name := range names {
					if _, err := decode.Number(coin.Get(name)); err != nil {
						return 0, err
					}
				}
			}
			return coins.Members().Len(), nil
		}},
	}
}

// bookReaders read of each ticker the last price, the trades of the day, and the amount
// traded and its average price.
func bookReaders() []reader {
	type fields struct {
		C, V, P []string
		T       []int64
	}
	pairs := decode.NewRows("c", "t", "v", "p")
	return []reader{
		{"encoding/json, as strict", func(body []byte) (int, error) { return readStrictly(body) }},
		{"encoding/json, map of structs", func(body []byte) (int, error) {
			var all map[string]fields
			err := json.Unmarshal(body, &all)
			return len(all), err
		}},
		{"encoding/json, and the numbers read", func(body []byte) (int, error) {
			var all map[string]fields
			if err := json.Unmarshal(body, &all); err != nil {
				return 0, err
			}
			for _, t := range all {
				if err := readNumbers(t.C[0], t.V[0], t.P[0]); err != nil {
					return 0, err
				}
			}
			return len(all), nil
		}},
		{"ours", func(body []byte) (int, error) {
			if err := pairs.Table(body); err != nil {
				return 0, err
			}
			for ticker, err := range pairs.All() {
				if err != nil {
					return 0, err
				}
				if err := readPair(ticker); err != nil {
					return 0, err
				}
			}
			return pairs.Members().Len(), nil
		}},
	}
}

// readNumbers makes numbers of what encoding/json leaves as text.
func readNumbers(texts ...string) error {
	for _, text := range texts {
		if _, err := layers.ParseDecimal(text); err != nil {
			return err
		}
	}
	return nil
}

func readPair(ticker decode.Row) error {
	for _, name := range []string{"c", "v", "p"} {
		values, err := decode.AppendArray(make([]json.RawMessage, 0, 2), ticker.Get(name))
		if err != nil {
			return err
		}
		if _, err := decode.Quoted(values[0]); err != nil {
			return err
		}
	}
	trades, err := decode.AppendArray(make([]json.RawMessage, 0, 2), ticker.Get("t"))
	if err != nil {
		return err
	}
	_, err = decode.Integer(trades[1])
	return err
}

// listReaders read of each ticker of OKX its market, last price, amounts and time.
func listReaders() []reader {
	type fields struct {
		InstID    string `json:"instId"`
		Last      string `json:"last"`
		Vol24h    string `json:"vol24h"`
		VolCcy24h string `json:"volCcy24h"`
		TS        string `json:"ts"`
	}
	var envelope decode.Members
	tickers := decode.NewRows("instId", "last", "vol24h", "volCcy24h", "ts")
	return []reader{
		{"encoding/json, as strict", func(body []byte) (int, error) {
			envelope, err := strict(body)
			if err != nil {
				return 0, err
			}
			var all []json.RawMessage
			if err := json.Unmarshal(envelope["data"], &all); err != nil {
				return 0, err
			}
			for _, text := range all {
				if _, err := strict(text); err != nil {
					return 0, err
				}
			}
			return len(all), nil
		}},
		{"encoding/json, list of structs", func(body []byte) (int, error) {
			var all struct{ Data []fields }
			err := json.Unmarshal(body, &all)
			return len(all.Data), err
		}},
		{"encoding/json, and the numbers read", func(body []byte) (int, error) {
			var all struct{ Data []fields }
			if err := json.Unmarshal(body, &all); err != nil {
				return 0, err
			}
			for _, t := range all.Data {
				if err := readNumbers(t.Last, t.Vol24h, t.VolCcy24h, t.TS); err != nil {
					return 0, err
				}
			}
			return len(all.Data), nil
		}},
		{"ours", func(body []byte) (int, error) {
			if err := errors.Join(tickers.ListIn(&envelope, body, "data"), tickers.Err()); err != nil {
				return 0, err
			}
			for ticker, err := range tickers.All() {
				if err != nil {
					return 0, err
				}
				if err := readTicker(ticker); err != nil {
					return 0, err
				}
			}
			return tickers.Members().Len(), nil
		}},
	}
}

func readTicker(ticker decode.Row) error {
	if _, err := decode.Bytes(ticker.Get("instId")); err != nil {
		return err
	}
	for _, name := range []string{"last", "vol24h", "volCcy24h", "ts"} {
		if _, err := decode.Quoted(ticker.Get(name)); err != nil {
			return err
		}
	}
	return nil
}
