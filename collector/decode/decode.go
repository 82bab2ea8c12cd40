package decode

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"strata/layers"
)

// ErrNull says that a value is null: the source knows the thing and has no number
// for it.
var ErrNull = errors.New("is null")

// Object reads an object whose keys are names of fields. Keys that are equal, or
// equal but for case, are an error: whichever is meant, the other is wrong. The
// values are part of the text, here and in all that follows.
func Object(text []byte) (map[string]json.RawMessage, error) {
	var m Members
	if err := m.Object(text); err != nil {
		return nil, err
	}
	return m.byKey(), nil
}

// Table reads an object whose keys are data, such as symbols. Only equal keys are an
// error.
func Table(text []byte) (map[string]json.RawMessage, error) {
	var m Members
	if err := m.Table(text); err != nil {
		return nil, err
	}
	return m.byKey(), nil
}

// Array reads an array.
func Array(text []byte) ([]json.RawMessage, error) { return AppendArray(nil, text) }

// AppendArray reads an array and appends its elements to some that are there.
func AppendArray(to []json.RawMessage, text []byte) ([]json.RawMessage, error) {
	all, err := appendPlain(to, text)
	if err == nil || errors.Is(err, errTooMany) {
		return all, err
	}
	rest, err := elements(text)
	return append(to, rest...), err
}

// errNotPlain says that encoding/json has to look at a text.
var errNotPlain = errors.New("is not plain, or no array")

func appendPlain(to []json.RawMessage, text []byte) ([]json.RawMessage, error) {
	at := skipSpace(text, 0)
	if at >= len(text) || text[at] != '[' {
		return nil, errNotPlain
	}
	at, done := enter(text, at, ']')
	for count := 0; !done; count++ {
		end := skipValue(text, at, 1)
		switch {
		case end < 0:
			return nil, errNotPlain
		case count == maxElements:
			return nil, errTooMany
		}
		to = append(to, json.RawMessage(text[at:end:end]))
		at, done = advance(text, end, ']')
	}
	if at < 0 || skipSpace(text, at) != len(text) {
		return nil, errNotPlain
	}
	return to, nil
}

// Number reads a JSON number, exactly. A number in quotes is an error.
func Number(text json.RawMessage) (layers.Decimal, error) {
	switch {
	case len(text) == 0:
		return layers.Decimal{}, errors.New("is not there")
	case string(text) == "null":
		return layers.Decimal{}, ErrNull
	case text[0] != '-' && (text[0] < '0' || text[0] > '9'):
		return layers.Decimal{}, fmt.Errorf("is %s and no number", brief(string(text)))
	}
	return decimal(text)
}

// Quoted reads a number that the source writes as a JSON string, exactly. A number
// without quotes is an error.
func Quoted(text json.RawMessage) (layers.Decimal, error) {
	if end := len(text) - 1; end > 0 && text[0] == '"' && text[end] == '"' {
		if d, ok := plainDecimal(text[1:end]); ok {
			return d, nil
		}
	}
	inner, err := Bytes(text)
	if err != nil {
		return layers.Decimal{}, err
	}
	return decimal(inner)
}

// Text reads a JSON string.
func Text(text json.RawMessage) (string, error) {
	inner, err := Bytes(text)
	return string(inner), err
}

// Bytes reads a JSON string like [Text], and copies it only when there is something
// to unescape.
func Bytes(text json.RawMessage) ([]byte, error) {
	switch {
	case len(text) == 0:
		return nil, errors.New("is not there")
	case string(text) == "null":
		return nil, ErrNull
	case isPlainString(text):
		return text[1 : len(text)-1], nil
	}
	var inner string
	if err := json.Unmarshal(text, &inner); err != nil {
		return nil, fmt.Errorf("is %s and no string", brief(string(text)))
	}
	return []byte(inner), nil
}

// Integer reads a whole JSON number that fits an int64, such as a time in seconds.
func Integer(text json.RawMessage) (int64, error) {
	if whole, ok := plainDecimal(text); ok && whole.Exponent == 0 {
		return whole.Coefficient, nil
	}
	number, err := Number(text)
	if err != nil {
		return 0, err
	}
	// 1.5e9 is a fair way of writing whole seconds, 1779092258.25 is not whole.
	for number.Exponent < 0 && number.Coefficient%10 == 0 {
		number.Coefficient, number.Exponent = number.Coefficient/10, number.Exponent+1
	}
	var whole int64
	if err := json.Unmarshal([]byte(number.String()), &whole); err != nil {
		return 0, fmt.Errorf("%s is no whole number", brief(string(text)))
	}
	return whole, nil
}

// brief bounds a text that goes into an error.
func brief(text string) string {
	const most = 40
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}
