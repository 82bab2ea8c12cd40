package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"strata/collector/binance"
	"strata/collector/gate"
	"strata/collector/okx"
)

// listed is how many markets the server has at the exchanges that hand out all of them.
const listed = 1000

// serve says where it listens and answers as the sources do, until in ends.
func serve(w io.Writer, in io.Reader) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/coingecko/simple/price", answer(coins))
	mux.HandleFunc("/kraken/0/public/Ticker", answer(pairs))
	mux.HandleFunc("/gate/spot/tickers", answer(list(gate.Name, "[", "]")))
	mux.HandleFunc("/okx/api/v5/market/tickers", answer(list(okx.Name, `{"code":"0","msg":"","data":[`, "]}")))
	mux.HandleFunc("/binance/api/v3/ticker/24hr", answer(list(binance.Name, "[", "]")))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute, MaxHeaderBytes: 1 << 20}
	go server.Serve(listener) //nolint:errcheck // what befalls it shows in the answers
	if _, err := fmt.Fprintln(w, "http://"+listener.Addr().String()); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

func answer(body func(r *http.Request, now time.Time) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write(body(r, time.Now())) //nolint:errcheck // whoever asked sees it
	}
}

// price is the same for a token everywhere, and moves with the second.
func price(token int, now time.Time) string {
	return fmt.Sprintf("%d.%04d", 10+max(token, 0)%900, now.Unix()%100)
}

// number is the token that a symbol stands for.
func number(symbol string) int {
	digits := strings.Trim(symbol, "some-tknTUSD/_")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return tether
	}
	return n
}

func coins(r *http.Request, now time.Time) []byte {
	text := []byte("{")
	for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
		text = coin(text, id, number(id), now)
	}
	return closed(text, "}")
}

func coin(text []byte, id string, token int, now time.Time) []byte {
	cost := "1.0"
	if token != tether {
		cost = price(token, now) + "327043465"
	}
	return fmt.Appendf(text, `%q:{"usd":%s,"usd_market_cap":1542226908349.8406,"usd_24h_vol":29096603418.89408,"last_updated_at":%d},`, id, cost, now.Unix())
}

func pairs(r *http.Request, now time.Time) []byte {
	text := []byte(`{"error":[],"result":{`)
	for name := range strings.SplitSeq(r.URL.Query().Get("pair"), ",") {
		text = pair(text, name, number(name), now)
	}
	return closed(text, "}}")
}

func pair(text []byte, name string, token int, now time.Time) []byte {
	cost := "1.00000000"
	if token != tether {
		cost = price(token, now)
	}
	return fmt.Appendf(text, `%q:{"a":["%s","8193","8193.000"],"b":["%[2]s","270","270.000"],"c":["%[2]s","465.84253"],"v":["37764.62599","58241.16499"],`+
		`"p":["%[2]s","%[2]s"],"t":[142,185],"l":["%[2]s","%[2]s"],"h":["%[2]s","%[2]s"],"o":"%[2]s"},`, name, cost)
}

// list answers with all markets, or with those in a parameter "symbols".
func list(source, opening, closing string) func(*http.Request, time.Time) []byte {
	return func(r *http.Request, now time.Time) []byte {
		var wanted []string
		if err := json.Unmarshal([]byte(r.URL.Query().Get("symbols")), &wanted); err != nil {
			for token := range listed {
				wanted = append(wanted, symbol(source, token))
			}
		}
		text := []byte(opening)
		for _, name := range wanted {
			text = ticker(text, source, name, now)
		}
		return closed(text, closing)
	}
}

func ticker(text []byte, source, name string, now time.Time) []byte {
	cost := price(number(name), now)
	switch source {
	case gate.Name:
		return fmt.Appendf(text, `{"currency_pair":%q,"last":"%s","lowest_ask":"%[2]s","highest_bid":"%[2]s","change_percentage":"1.09","base_volume":"4722.912133756","quote_volume":"122324034.68892","high_24h":"%[2]s","low_24h":"%[2]s"},`, name, cost)
	case okx.Name:
		return fmt.Appendf(text, `{"instType":"SPOT","instId":%q,"last":"%s","lastSz":"0.31226082","askPx":"%[2]s","askSz":"5.93754444","bidPx":"%[2]s","bidSz":"0.16038","open24h":"%[2]s","high24h":"%[2]s","low24h":"%[2]s","volCcy24h":"86702682.03645192","vol24h":"5150.98223027","ts":"%[3]d","sodUtc0":"%[2]s","sodUtc8":"%[2]s"},`, name, cost, now.UnixMilli())
	}
	return fmt.Appendf(text, `{"symbol":%q,"openPrice":"%s","highPrice":"%[2]s","lowPrice":"%[2]s","lastPrice":"%[2]s","volume":"33278.39129000","quoteVolume":"2354076638.59660790","openTime":%[3]d,"closeTime":%[3]d,"firstId":3983862692,"lastId":3988881941,"count":5019250},`, name, cost, now.UnixMilli())
}

// closed ends a list that ends with a comma.
func closed(text []byte, closing string) []byte {
	if text[len(text)-1] == ',' {
		text = text[:len(text)-1]
	}
	return append(text, closing...)
}
