package decode

import (
	"bytes"
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
// equal but for case, are an error: whichever is meant, the other is wrong.
func Object(text []byte) (map[string]json.RawMessage, error) {
	return members(text, strings.ToLower)
}

// Table reads an object whose keys are data, such as symbols. Only equal keys are an
// error.
func Table(text []byte) (map[string]json.RawMessage, error) {
	return members(text, func(key string) string { return key })
}

func members(text []byte, fold func(string) string) (map[string]json.RawMessage, error) {
	decoder, err := open(text, '{')
	if err != nil {
		return nil, err
	}
	found := make(map[string]json.RawMessage)
	seen := make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("read key: %w", err)
		}
		key, _ := token.(string) // valid JSON has no other keys
		if seen[fold(key)] {
			return nil, fmt.Errorf("key %q stands there twice", brief(key))
		}
		seen[fold(key)] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("read value of %q: %w", brief(key), err)
		}
		found[key] = value
	}
	return found, nil
}

// Array reads an array.
func Array(text []byte) ([]json.RawMessage, error) {
	decoder, err := open(text, '[')
	if err != nil {
		return nil, err
	}
	var elements []json.RawMessage
	for decoder.More() {
		var element json.RawMessage
		if err := decoder.Decode(&element); err != nil {
			return nil, fmt.Errorf("read element %d: %w", len(elements), err)
		}
		elements = append(elements, element)
	}
	return elements, nil
}

// open checks the whole text, so that a cut body or trailing garbage is found
// before anything in it is believed, and enters the object or array.
func open(text []byte, bracket json.Delim) (*json.Decoder, error) {
	if !json.Valid(text) {
		return nil, errors.New("not valid JSON, or cut off")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch {
	case token == nil:
		return nil, ErrNull
	case token != bracket:
		return nil, fmt.Errorf("%s where %q was expected", brief(string(text)), bracket)
	}
	return decoder, nil
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
	return layers.ParseDecimal(string(text))
}

// Quoted reads a number that the source writes as a JSON string, exactly. A number
// without quotes is an error.
func Quoted(text json.RawMessage) (layers.Decimal, error) {
	inner, err := Text(text)
	if err != nil {
		return layers.Decimal{}, err
	}
	return layers.ParseDecimal(inner)
}

// Text reads a JSON string.
func Text(text json.RawMessage) (string, error) {
	switch {
	case len(text) == 0:
		return "", errors.New("is not there")
	case string(text) == "null":
		return "", ErrNull
	}
	var inner string
	if err := json.Unmarshal(text, &inner); err != nil {
		return "", fmt.Errorf("is %s and no string", brief(string(text)))
	}
	return inner, nil
}

// Integer reads a whole JSON number that fits an int64, such as a time in seconds.
func Integer(text json.RawMessage) (int64, error) {
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
