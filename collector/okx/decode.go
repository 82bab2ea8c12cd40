package okx

import (
	"time"

	"strata/collector"
	"strata/collector/exchange"
	"strata/layers"
)

// separator stands between token and currency: "TAO-USDT".
const separator = "-"

// decodeTickers reads an answer of /api/v5/market/tickers:
//
//	{"code":"0","msg":"","data":[{"instId":"BTC-USDT","last":"16839.1","vol24h":"5150.9",
//	  "volCcy24h":"86702682.0","ts":"1672863560203",...},...]}
//
// The time, in milliseconds, is when OKX made up the ticker: it stands still with a
// market that is halted, and may be later than the last trade. That a price is no
// older than it is not sure; that it is older than an old time is.
func decodeTickers(body []byte, listings []layers.Listing) (collector.Answer, error) {
	return exchange.Tickers{
		Symbol: "instId", Last: "last", Volume: "vol24h", Turnover: "volCcy24h", Time: "ts", Separator: separator,
	}.ReadData(body, refusals(), listings)
}

// decodeCandles reads an answer of /api/v5/market/candles or history-candles, newest
// first:
//
//	{"code":"0","msg":"","data":[["1632182400000","43016.9","43635.5","39566.8","40730.3","28840.9",...,"1"],...]}
//
// with time in milliseconds, open, high, low, close, volume in tokens, two more
// volumes, and 1 when the interval is over.
func decodeCandles(body []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	data, err := refusals().Data(body)
	if err != nil {
		return collector.Past{}, err
	}
	return exchange.Candles{
		Unit: time.Millisecond, Open: 1, High: 2, Low: 3, Close: 4, Volume: 5, Closed: 8, Separator: separator,
	}.Read(data, listing, interval, span)
}

// refusals come as {"code":"51001","msg":"...","data":[]}.
func refusals() exchange.Refusals {
	return exchange.Refusals{Code: "code", Text: "msg", Fine: "0", Kind: kindOf}
}

func kindOf(code, _ string) collector.Kind {
	switch code {
	case "50011", "50061":
		return collector.RateLimited
	case "51001":
		return collector.NotFound
	case "50001", "50004", "50013", "50026":
		return collector.Unavailable
	}
	return ""
}
