package main

import (
	"fmt"
	"strings"
	"time"
)

const (
	futures = "Binance USD-M perpetual futures"
	spot    = "Binance spot"

	hourlyFutures = "nmtrong-binanceusdm_%s_1h.csv"

	// common are the tokens of both recordings of the futures.
	common = "TAO=bittensor FET=fetch-ai AKT=akash-network RENDER=render GRT=the-graph ICP=internet-computer " +
		"AR=arweave FIL=filecoin LPT=livepeer ATH=aethir IO=io-net GLM=golem FLUX=flux NEAR=near LINK=chainlink " +
		"NMR=numeraire WLD=worldcoin ARKM=arkham VIRTUAL=virtuals PHB=phoenix ETH=ethereum BTC=bitcoin"

	atPar = "Prices were quoted in USDT and are shown as dollars one to one: the recording holds no price of USDT in dollars."
)

// scenarios are the recordings of the demo.
func scenarios() []scenario { return []scenario{june2025(), crash2025(), ftx2022()} }

func june2025() scenario {
	hourly := file{hourlyFutures, time.Hour}
	minute := file{"faruk-binanceusdm_%s_1m.csv", time.Minute}
	return scenario{
		name:    "june-2025",
		title:   "June 2025, minute by minute",
		summary: "26 tokens over all layers, one minute; the shocks of the night of 21 June 2025 lie ahead",
		venue:   futures,
		note: atPar + " OCEAN, AGIX and LIT had been taken off that venue, which went on answering with their last price:" +
			" what is still listed elsewhere comes out as frozen, what was converted is shown as migrated and not priced.",
		start:    at("2025-06-21T20:00:00Z"),
		end:      at("2025-06-22T21:00:00Z"),
		interval: time.Minute,
		assets:   assets(common, hourly, minute),
	}.with(assets("BIO=bio-protocol OCEAN=ocean-protocol AGIX=singularitynet LIT=litentry", minute))
}

func crash2025() scenario {
	return scenario{
		name:    "crash-2025",
		title:   "the crash of 10 October 2025, hour by hour",
		summary: "22 tokens over all layers, one hour; the crash of 10 October 2025, 21:15 UTC, lies ahead",
		venue:   futures,
		note: atPar + " The recording is hourly: the 7d and 30d windows are published, 1h and 24h are withheld because" +
			" they need a price every five minutes.",
		start:    at("2025-10-10T15:00:00Z"),
		end:      at("2025-10-23T03:00:00Z"),
		interval: time.Hour,
		assets:   assets(common, file{hourlyFutures, time.Hour}),
	}
}

func ftx2022() scenario {
	hourly := file{"misrori-binance_%s_1h.csv", time.Hour}
	minute := file{"nhatruong-binance_%s_1m.csv", time.Minute}
	s := scenario{
		name:    "ftx-2022",
		title:   "the fall of FTX, 9 November 2022",
		summary: "12 tokens of their time (OCEAN, AGIX, SNM, ...), one minute; the night of 8 to 9 November 2022",
		venue:   spot,
		note: atPar + " AGIX and SNM were quoted in bitcoin and are converted with the bitcoin close of the same minute, to 8" +
			" significant digits. Minutes begin at 22:31 UTC of 8 November, and only OCEAN, FET, RNDR and LIT have hours" +
			" before that: what that does not cover is withheld. LIT is Litentry.",
		start:    at("2022-11-09T06:00:00Z"),
		end:      at("2022-11-09T15:11:00Z"),
		interval: time.Minute,
		assets:   assets("OCEAN=ocean-protocol FET=fetch-ai RNDR=render LIT=litentry", hourly, minute),
	}.with(assets("GRT=the-graph NEAR=near NMR=numeraire CTXC=cortex ETH=ethereum BTC=bitcoin", minute))
	inBitcoin := assets("AGIX=singularitynet SNM=sonm", minute)
	for i := range inBitcoin {
		inBitcoin[i].quote = "BTC"
	}
	return s.with(inBitcoin)
}

func (s scenario) with(more []asset) scenario {
	s.assets = append(s.assets, more...)
	return s
}

// assets reads "SYMBOL=slug ..."; the names of the files have the symbol for %s.
func assets(list string, files ...file) []asset {
	var all []asset
	for pair := range strings.FieldsSeq(list) {
		symbol, token, _ := strings.Cut(pair, "=")
		a := asset{token: token, symbol: symbol, quote: "USDT"}
		for _, f := range files {
			a.files = append(a.files, file{fmt.Sprintf(f.name, symbol), f.interval})
		}
		all = append(all, a)
	}
	return all
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err) // a constant of this file
	}
	return t
}
