package binance

import (
	"time"

	"strata/collector"
	"strata/collector/exchange"
	"strata/layers"
)

// decodeTickers reads an answer of /api/v3/ticker/24hr:
//
//	[{"symbol":"BTCUSDT","lastPrice":"69624.01000000","volume":"33278.3","quoteVolume":"2354076638.5",
//	  "closeTime":1730439018472,...},...]
//
// closeTime, in milliseconds, is when Binance last counted: with every trade, and
// when an old trade leaves the 24 hours. Of 595 markets recorded at once it was within
// a second of the answer for the busy ones, up to 19 minutes before it for quiet ones
// and five days for halted ones, so an old one means an old price.
func decodeTickers(body []byte, listings []layers.Listing) (collector.Answer, error) {
	if err := refusals().Inside(body); err != nil {
		return collector.Answer{}, err
	}
	return exchange.Tickers{
		Symbol: "symbol", Last: "lastPrice", Volume: "volume", Turnover: "quoteVolume", Time: "closeTime",
	}.Read(body, listings)
}

// decodeCandles reads an answer of /api/v3/klines, oldest first:
//
//	[[1775001600000,"8.78","8.83","8.75","8.83","69079.04",1775005199999,...],...]
//
// with time in milliseconds, open, high, low, close, volume in tokens, and the last
// millisecond of the interval. The last candle may not be over.
func decodeCandles(body []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	if err := refusals().Inside(body); err != nil {
		return collector.Past{}, err
	}
	return exchange.Candles{
		Unit: time.Millisecond, Open: 1, High: 2, Low: 3, Close: 4, Volume: 5,
	}.Read(body, listing, interval, span)
}

// refusals come as {"code":-1121,"msg":"Invalid symbol."}.
func refusals() exchange.Refusals {
	return exchange.Refusals{Code: "code", Text: "msg", Kind: kindOf}
}

func kindOf(code, _ string) collector.Kind {
	switch code {
	case "-1003", "-1034":
		return collector.RateLimited
	case "-1100", "-1121": // -1100: no symbol is written like that
		return collector.NotFound
	case "-1000", "-1001", "-1004", "-1007", "-1008":
		return collector.Unavailable
	}
	return ""
}
