// Package openmetrics reads and writes price history in the text format of OpenMetrics
// 1.0, so that `promtool tsdb create-blocks-from openmetrics` turns it into blocks of a
// Prometheus, and a dump of one comes back.
//
// There is one metric family, strata_token_price_usd. A line is one sample:
//
//	strata_token_price_usd{token="bittensor",source="kraken"} 354.60 1750420920
//
// with the exact digits of the price and the time in unix seconds, with up to three
// decimals. The samples of a series stand together, oldest first; the last line is
// "# EOF", so that a file which was cut off shows.
//
// Prometheus keeps prices as float64, and cuts a time that float64 cannot hold exactly
// down to the millisecond before.
package openmetrics

// Metric is the name of the one metric family.
const Metric = "strata_token_price_usd"

// The metadata of the family and the end of the file, as they are written.
const (
	typeLine = "# TYPE " + Metric + " gauge"
	unitLine = "# UNIT " + Metric + " usd"
	helpLine = "# HELP " + Metric + " Price of a token in US dollars, as one source said it."
	endLine  = "# EOF"
)
