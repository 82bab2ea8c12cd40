package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// Absent is the reason for which a listing is missing when the exchange did not
// speak of it at all.
const Absent = "not in the answer"

// Why a listing has no quote although the exchange is well.
var (
	errAbsent   = errors.New(Absent)
	errNoPrice  = errors.New("no last price: nobody has traded yet")
	errSilent   = errors.New("no trade in the last 24 hours")
	errCurrency = errors.New("not quoted in USD or USDT")
)

// Why a listing has no quote although something was said that may concern it.
var (
	errTwice      = errors.New("stands in the answer twice")
	errUnreadable = errors.New("not in the answer, or in a part of it that cannot be read")
)

// Tickers says how an exchange writes a ticker, which is an object with these fields.
// All numbers but the time stand in quotes.
type Tickers struct {
	Symbol   string // of the market
	Last     string // price of the last trade
	Volume   string // traded in 24 hours, in tokens
	Turnover string // the same in the currency of the price
	Time     string // milliseconds since 1970, in quotes or not; "" for an exchange that gives none

	Separator string // of token and currency in a symbol: "_" in "TAO_USDT", "" in "TAOUSDT"
}

// outcome is what the list says of one symbol.
type outcome struct {
	quote collector.Quote
	err   error
}

// Read looks up listings in a list of tickers. What cannot be read of markets that
// are not asked for does no harm.
func (t Tickers) Read(list []byte, listings []layers.Listing) (collector.Answer, error) {
	rows := t.rows()
	if err := rows.List(list); err != nil {
		return collector.Answer{}, noTickers(err)
	}
	return t.answer(rows, listings), nil
}

// ReadData is [Tickers.Read] for a list that an answer of the form
// {"code":"0","msg":"","data":[...]} has as its data.
func (t Tickers) ReadData(body []byte, refusals Refusals, listings []layers.Listing) (collector.Answer, error) {
	rows := t.rows()
	if err := refusals.list(body, rows); err != nil {
		return collector.Answer{}, err
	}
	return t.answer(rows, listings), nil
}

func (t Tickers) rows() *decode.Rows {
	return decode.NewRows(t.Symbol, t.Last, t.Volume, t.Turnover, t.Time)
}

func noTickers(err error) error {
	return collector.NewError(collector.BadAnswer, fmt.Errorf("tickers: %w", err))
}

func (t Tickers) answer(tickers *decode.Rows, listings []layers.Listing) (answer collector.Answer) {
	found := t.find(tickers, listings)
	for _, listing := range listings {
		what := found[listing.Symbol]
		if what.err != nil {
			answer.Missing = append(answer.Missing, missing(listing.Token, what.err))
			continue
		}
		what.quote.Token = listing.Token
		answer.Quotes = append(answer.Quotes, what.quote)
	}
	return answer
}

// find returns what tickers say of each symbol of listings.
func (t Tickers) find(tickers *decode.Rows, listings []layers.Listing) map[string]outcome {
	found := make(map[string]outcome, len(listings))
	for _, listing := range listings {
		found[listing.Symbol] = outcome{err: errAbsent}
	}
	unreadable := false
	for ticker, err := range tickers.All() {
		if err != nil {
			unreadable = true
			continue
		}
		symbol, err := decode.Bytes(ticker.Get(t.Symbol))
		unreadable = unreadable || err != nil
		switch known, wanted := found[string(symbol)]; {
		case !wanted || err != nil:
		case errors.Is(known.err, errAbsent):
			found[string(symbol)] = t.read(string(symbol), ticker)
		default:
			found[string(symbol)] = outcome{err: errTwice}
		}
	}
	for symbol, what := range found {
		if unreadable && errors.Is(what.err, errAbsent) {
			found[symbol] = outcome{err: errUnreadable}
		}
	}
	return found
}

// read reads the ticker of one market.
func (t Tickers) read(symbol string, ticker decode.Row) outcome {
	quote, err := t.quote(symbol, ticker)
	return outcome{quote, err}
}

func (t Tickers) quote(symbol string, ticker decode.Row) (quote collector.Quote, err error) {
	if quote.Currency, err = Currency(symbol, t.Separator); err != nil {
		return quote, err
	}
	if quote.Price, err = price(ticker.Get(t.Last)); err != nil {
		return quote, err
	}
	volume, err := amount(ticker.Get(t.Volume))
	if err != nil {
		return quote, fmt.Errorf("volume %w", err)
	}
	if !volume.IsPositive() {
		return quote, errSilent
	}
	quote.Volume = decode.Amount(amount(ticker.Get(t.Turnover)))
	if t.Time != "" {
		if quote.Time, err = instant(ticker.Get(t.Time), time.Millisecond); err != nil {
			return quote, fmt.Errorf("time %w", err)
		}
	}
	return quote, nil
}

// price reads a last price. A market that never traded has none, null, "" or "0".
func price(text json.RawMessage) (layers.Decimal, error) {
	if len(text) == 0 || string(text) == "null" || string(text) == `""` {
		return layers.Decimal{}, errNoPrice
	}
	last, err := decode.Quoted(text)
	switch {
	case err != nil:
		return layers.Decimal{}, fmt.Errorf("price %w", err)
	case last.Coefficient == 0:
		return layers.Decimal{}, errNoPrice
	}
	return last, nil
}

// missing tells what is not there from what stands there and is no price.
func missing(token string, err error) collector.Missing {
	well := errors.Is(err, errAbsent) || errors.Is(err, errNoPrice) || errors.Is(err, errSilent) ||
		errors.Is(err, errCurrency) || errors.Is(err, decode.ErrNull)
	return collector.Missing{Token: token, Reason: err.Error(), Malformed: !well}
}
