package main

import (
	"strata/cmd/strata/internal/config"
	"strata/collector"
	"strata/collector/binance"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/coinpaprika"
	"strata/collector/defillama"
	"strata/collector/gate"
	"strata/collector/kraken"
	"strata/collector/kucoin"
	"strata/collector/okx"
)

// sourceRow is a source that the command knows.
type sourceRow struct {
	name string
	open func(baseURL string) collector.Source
}

// sourceTable is the table of sources: adding one adds a line. The past of a token is
// asked of the first that lists it and reaches it, so those with candles of a year stand
// first, then Kraken, which knows the last 720, then the slow ones.
func sourceTable(gecko config.CoinGecko, key string) []sourceRow {
	return []sourceRow{
		{coinbase.Name, func(url string) collector.Source { return coinbase.New(coinbase.Options{BaseURL: url}) }},
		{gate.Name, func(url string) collector.Source { return gate.New(gate.Options{BaseURL: url}) }},
		{kucoin.Name, func(url string) collector.Source { return kucoin.New(kucoin.Options{BaseURL: url}) }},
		{okx.Name, func(url string) collector.Source { return okx.New(okx.Options{BaseURL: url}) }},
		{binance.Name, func(url string) collector.Source { return binance.New(binance.Options{BaseURL: url}) }},
		{kraken.Name, func(url string) collector.Source { return kraken.New(kraken.Options{BaseURL: url}) }},
		{coingecko.Name, func(url string) collector.Source { return coingecko.New(coinGeckoOptions(gecko, url, key)) }},
		{coinpaprika.Name, func(url string) collector.Source { return coinpaprika.New(coinpaprika.Options{BaseURL: url}) }},
		{defillama.Name, func(url string) collector.Source { return defillama.New(defillama.Options{BaseURL: url}) }},
	}
}

// sourcesOf opens the sources that are enabled.
func sourcesOf(p plan) (sources []collector.Source) {
	all := p.config.Sources.All()
	for _, row := range sourceTable(p.config.Sources.CoinGecko, p.key) {
		if s := all[row.name]; s.Enabled {
			sources = append(sources, row.open(s.BaseURL))
		}
	}
	for _, custom := range p.custom {
		sources = append(sources, custom)
	}
	return sources
}

// historiansOf returns the sources that know the past, in the same order.
func historiansOf(sources []collector.Source) (historians []collector.Historian) {
	for _, s := range sources {
		if h, ok := s.(collector.Historian); ok {
			historians = append(historians, h)
		}
	}
	return historians
}

func coinGeckoOptions(s config.CoinGecko, baseURL, key string) coingecko.Options {
	opts := coingecko.Options{BaseURL: baseURL}
	switch s.Plan {
	case "demo":
		opts.DemoKey = key
	case "pro":
		opts.ProKey = key
		if baseURL == coingecko.BaseURL {
			opts.BaseURL = coingecko.ProBaseURL // a pro key is refused at the public host
		}
	}
	return opts
}
