package generic

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"strata/collector/decode"
	"strata/layers"
)

// readNumber reads a number as it was declared to be written.
func readNumber(text json.RawMessage, as string) (layers.Decimal, error) {
	if as == AsString || as == "" && len(text) > 0 && text[0] == '"' {
		return decode.Quoted(text)
	}
	return decode.Number(text)
}

// border tells counts of seconds from counts of milliseconds since 1970: it is March
// 1973 in milliseconds, and the year 5138 in seconds.
const border = 1e11

// readTime reads a time in a unit.
func readTime(text json.RawMessage, unit string) (time.Time, error) {
	if unit == RFC3339 {
		written, err := decode.Text(text)
		if err != nil {
			return time.Time{}, err
		}
		at, err := time.Parse(time.RFC3339, written)
		return at.UTC(), err
	}
	number, err := readNumber(text, "")
	if err != nil {
		return time.Time{}, err
	}
	count, scale := number.Float64(), 1e6
	if unit == Milliseconds {
		scale = 1e3
	}
	if count <= 0 || count >= border*1e4 || (count > border) != (unit == Milliseconds) {
		return time.Time{}, fmt.Errorf("%s is no time in %s since 1970", number, unit)
	}
	return time.UnixMicro(int64(math.Round(count * scale))).UTC(), nil
}
