package gate

import (
	"time"

	"strata/collector"
	"strata/collector/exchange"
	"strata/layers"
)

// separator stands between token and currency: "TAO_USDT".
const separator = "_"

// decodeTickers reads an answer of /spot/tickers:
//
//	[{"currency_pair":"BTC_USDT","last":"26019.8","base_volume":"4722.9","quote_volume":"122324034.6",...},...]
func decodeTickers(body []byte, listings []layers.Listing) (collector.Answer, error) {
	if err := refusals().Inside(body); err != nil {
		return collector.Answer{}, err
	}
	return exchange.Tickers{
		Symbol: "currency_pair", Last: "last", Volume: "base_volume", Turnover: "quote_volume", Separator: separator,
	}.Read(body, listings)
}

// decodeCandles reads an answer of /spot/candlesticks, oldest first:
//
//	[["1717246800","1157762.8","67772.5","67839.9","67715","67715.1","17.0779","true"],...]
//
// with time in seconds, turnover, CLOSE, high, low, OPEN, volume, and whether the
// interval is over.
func decodeCandles(body []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	if err := refusals().Inside(body); err != nil {
		return collector.Past{}, err
	}
	return exchange.Candles{
		Unit: time.Second, Close: 2, High: 3, Low: 4, Open: 5, Volume: 6, Closed: 7, Separator: separator,
	}.Read(body, listing, interval, span)
}

// refusals come as {"label":"INVALID_CURRENCY_PAIR","message":"..."}.
func refusals() exchange.Refusals {
	return exchange.Refusals{Code: "label", Text: "message", Kind: kindOf}
}

func kindOf(label, _ string) collector.Kind {
	switch label {
	case "TOO_MANY_REQUESTS", "TOO_FAST":
		return collector.RateLimited
	case "INVALID_CURRENCY_PAIR", "INVALID_CURRENCY":
		return collector.NotFound
	case "FORBIDDEN":
		return collector.Blocked
	case "SERVER_ERROR", "INTERNAL", "TOO_BUSY":
		return collector.Unavailable
	}
	return ""
}
