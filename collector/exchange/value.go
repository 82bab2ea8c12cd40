package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"strata/collector"
	"strata/collector/decode"
	"strata/layers"
)

// Currency returns what a market is quoted in: [collector.USD] or [collector.USDT].
// An exchange without a separator in its symbols has no market in US dollars: all
// that ends in USD there ends in TUSD, FDUSD or another token's name.
func Currency(symbol, separator string) (string, error) {
	currency := ""
	if separator == "" {
		if token, ok := strings.CutSuffix(symbol, collector.USDT); ok && token != "" {
			currency = collector.USDT
		}
	} else if i := strings.LastIndex(symbol, separator); i > 0 {
		currency = symbol[i+len(separator):]
	}
	if currency != collector.USD && currency != collector.USDT {
		return "", fmt.Errorf("%w: %s", errCurrency, symbol)
	}
	return currency, nil
}

// mostDigits is what a [layers.Decimal] holds.
const mostDigits = 18

// amount reads an amount traded. Exchanges that sum up trades write more digits than
// a Decimal holds, and more than anybody needs; the last ones are cut off.
func amount(text json.RawMessage) (layers.Decimal, error) {
	whole, err := decode.Quoted(text)
	if !errors.Is(err, layers.ErrDecimalRange) {
		return whole, err
	}
	digits, err := decode.Text(text)
	if err != nil {
		return layers.Decimal{}, err
	}
	point := strings.IndexByte(digits, '.')
	if point < 0 || len(digits) <= mostDigits+1 {
		return layers.Decimal{}, fmt.Errorf("is %.40q, too large to be an amount", digits)
	}
	return layers.ParseDecimal(strings.TrimSuffix(digits[:max(point, mostDigits+1)], "."))
}

// instant reads a time since 1970, in quotes or not, counted in seconds or
// milliseconds.
func instant(text json.RawMessage, unit time.Duration) (time.Time, error) {
	if inner, err := decode.Text(text); err == nil {
		text = json.RawMessage(inner)
	}
	count, err := decode.Integer(text)
	if err != nil {
		return time.Time{}, err
	}
	if unit == time.Second {
		return time.Unix(count, 0).UTC(), nil
	}
	return time.UnixMilli(count).UTC(), nil
}
