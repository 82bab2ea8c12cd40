package market

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"
)

// quote writes a text as JSON does.
func quote(text string) string {
	b, _ := json.Marshal(text) //nolint:errchkjson // a text can be written
	return string(b)
}

// jsonOf writes an answer. A [json.RawMessage] is a number with its digits as they are.
func jsonOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // a mistake of this package
	}
	return string(b)
}

// num is a JSON number with exactly these digits.
func num(text string) json.RawMessage { return json.RawMessage(text) }

func seconds(q url.Values, name string) time.Time {
	n, _ := strconv.ParseInt(q.Get(name), 10, 64)
	return time.Unix(n, 0).UTC()
}

func milliseconds(q url.Values, name string) time.Time {
	n, _ := strconv.ParseInt(q.Get(name), 10, 64)
	return time.UnixMilli(n).UTC()
}

func sec(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func milli(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }
