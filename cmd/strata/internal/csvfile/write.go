package csvfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// Write writes samples under the header `timestamp,price`, in the order they come,
// and returns how many it wrote. Prices are written with exactly the digits they were
// read with.
func Write(w io.Writer, samples iter.Seq2[layers.Sample, error]) (int, error) {
	writer := csv.NewWriter(w)
	if err := writer.Write(PriceHeader); err != nil {
		return 0, fmt.Errorf("write history: %w", err)
	}
	written := 0
	for sample, err := range samples {
		if err != nil {
			writer.Flush()
			return written, err
		}
		if err := writer.Write([]string{FormatTime(sample.Time), sample.Price.String()}); err != nil {
			return written, fmt.Errorf("write history: %w", err)
		}
		written++
	}
	writer.Flush()
	if err := writer.Error(); err != nil {
		return written, fmt.Errorf("write history: %w", err)
	}
	return written, nil
}

// FormatTime writes t as unix seconds, with decimals only when it has milliseconds.
func FormatTime(t time.Time) string {
	seconds, millis := t.Unix(), t.Nanosecond()/int(time.Millisecond)
	if millis == 0 {
		return strconv.FormatInt(seconds, 10)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%03d", seconds, millis), "0")
}

// The first block of Bitcoin and a year that no price has seen: what lies outside is
// no time of a price, most likely milliseconds where seconds belong.
var (
	earliest = time.Date(2009, 1, 3, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
)

// ParseTime reads unix seconds with up to three decimals, exactly.
func ParseTime(text string) (time.Time, error) {
	d, err := layers.ParseDecimal(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("found %q, want unix seconds such as 1750107660", text)
	}
	for ; d.Exponent > -3; d.Exponent-- {
		if d.Coefficient > 1<<52 {
			return time.Time{}, outside(text)
		}
		d.Coefficient *= 10
	}
	for ; d.Exponent < -3; d.Exponent++ {
		if d.Coefficient%10 != 0 {
			return time.Time{}, fmt.Errorf("found %q, want no more than three decimals", text)
		}
		d.Coefficient /= 10
	}
	at := time.UnixMilli(d.Coefficient).UTC()
	if at.Before(earliest) || at.After(latest) {
		return time.Time{}, outside(text)
	}
	return at, nil
}

func outside(text string) error {
	return fmt.Errorf("found %q, want unix seconds of the years 2009 to 2100 (milliseconds are divided by 1000 first)", text)
}
