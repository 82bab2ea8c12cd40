package kucoin

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/collector/exchange"
	"strata/layers"
)

// separator stands between token and currency: "TAO-USDT".
const separator = "-"

// maxSnapshotAge is how old a snapshot may be. KuCoin takes one every two seconds; one
// that is older comes from a cache that got stuck.
const maxSnapshotAge = 3 * time.Minute

// decodeTickers reads an answer of /api/v1/market/allTickers:
//
//	{"code":"200000","data":{"time":1602832092060,"ticker":[
//	  {"symbol":"BTC-USDT","last":"11328.9","vol":"2282.7","volValue":"25984946.1",...},...]}}
//
// The time, in milliseconds, is that of the snapshot. It moves on while a market
// stands still, so it becomes the time of no quote: a frozen market would look fresh
// for ever.
func decodeTickers(body []byte, listings []layers.Listing, now time.Time) (collector.Answer, error) {
	data, err := refusals().Data(body)
	if err != nil {
		return collector.Answer{}, err
	}
	snapshot, err := decode.Object(data)
	if err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, fmt.Errorf("data %w", err))
	}
	if err := checkAge(snapshot["time"], now); err != nil {
		return collector.Answer{}, collector.NewError(collector.BadAnswer, err)
	}
	return exchange.Tickers{
		Symbol: "symbol", Last: "last", Volume: "vol", Turnover: "volValue", Separator: separator,
	}.Read(snapshot["ticker"], listings)
}

func checkAge(text json.RawMessage, now time.Time) error {
	milliseconds, err := decode.Integer(text)
	if err != nil {
		return fmt.Errorf("time of the snapshot %w", err)
	}
	if at := time.UnixMilli(milliseconds).UTC(); now.Sub(at) > maxSnapshotAge {
		return fmt.Errorf("a snapshot of %s, long ago", at.Format(time.RFC3339))
	}
	return nil
}

// decodeCandles reads an answer of /api/v1/market/candles, newest first:
//
//	{"code":"200000","data":[["1591517700","0.025078","0.025069","0.025084","0.025064","18.9","0.47"],...]}
//
// with time in seconds, open, CLOSE, high, low, volume and turnover.
func decodeCandles(body []byte, listing layers.Listing, interval time.Duration, span layers.Span) (collector.Past, error) {
	data, err := refusals().Data(body)
	if err != nil {
		return collector.Past{}, err
	}
	return exchange.Candles{
		Unit: time.Second, Open: 1, Close: 2, High: 3, Low: 4, Volume: 5, Separator: separator,
	}.Read(data, listing, interval, span)
}

// refusals come as {"code":"400100","msg":"..."}.
func refusals() exchange.Refusals {
	return exchange.Refusals{Code: "code", Text: "msg", Fine: "200000", Kind: kindOf}
}

// kindOf has to look at the words: KuCoin says 400100 of every wrong parameter.
func kindOf(code, text string) collector.Kind {
	switch {
	case code == "429000", code == "1015": // 1015 is Cloudflare's
		return collector.RateLimited
	case code == "900001", code == "400100" && strings.Contains(text, "trading pair"):
		return collector.NotFound
	case code == "400302", code == "400303":
		return collector.Blocked // for where we are
	case code == "500000":
		return collector.Unavailable
	}
	return ""
}
