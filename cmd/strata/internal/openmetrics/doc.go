// Package openmetrics reads and writes history in the text format of OpenMetrics 1.0, so
// that `promtool tsdb create-blocks-from openmetrics` turns it into blocks of a Prometheus,
// and a dump of one comes back.
//
// There are three metric families, in this order, each there only if it has a sample. A
// line is one sample:
//
//	strata_token_price_usd{token="bittensor",source="kraken"} 354.60 1750420920
//	strata_token_volume_usd{token="bittensor",source="kraken"} 81250000 1750420920
//	strata_token_market_cap_usd{token="bittensor",source="coingecko"} 3280000000 1750420920
//
// with the exact digits of the value and the time in unix seconds, with up to three
// decimals. A volume is that of the 24 hours before. The samples of a family stand
// together, in it those of a series, oldest first; the last line is "# EOF", so that a file
// which was cut off shows.
//
// Prometheus keeps values as float64, and cuts a time that float64 cannot hold exactly down
// to the millisecond before.
package openmetrics

import "strata/layers"

// Field says which value of a sample is meant.
type Field int

// The fields, in the order in which they are written.
const (
	Price Field = iota
	Volume
	MarketCap
	fields // how many there are
)

// Metric is the name of the field's metric family.
func (f Field) Metric() string {
	return [...]string{"strata_token_price_usd", "strata_token_volume_usd", "strata_token_market_cap_usd"}[f]
}

// String names the field in a sentence.
func (f Field) String() string { return [...]string{"price", "volume", "market cap"}[f] }

func (f Field) help() string {
	return [...]string{
		"Price of a token in US dollars, as one source said it.",
		"US dollars for which a token was traded in the 24 hours before, as one source said it.",
		"Value of all tokens in circulation in US dollars, as one source said it.",
	}[f]
}

// of returns the value of a sample.
func (f Field) of(s *layers.Sample) *layers.Decimal {
	return [...]*layers.Decimal{&s.Price, &s.Volume, &s.MarketCap}[f]
}

// fieldOf returns the field of a metric family.
func fieldOf(metric string) (Field, bool) {
	for f := range fields {
		if f.Metric() == metric {
			return f, true
		}
	}
	return 0, false
}

// endLine is the end of every file.
const endLine = "# EOF"
