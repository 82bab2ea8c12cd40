package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Bounds of what an object and an array may hold, and so of the memory that an answer
// takes: the largest object of any source has some 1,500 members, the longest list
// 18,000 elements.
const (
	maxMembers  = 20_000
	maxElements = 50_000
)

var errTooMany = fmt.Errorf("has more than %d members or %d elements", maxMembers, maxElements)

// What follows reads anything that encoding/json reads, and says what is wrong with
// the rest. It is slow, and the measure of what is fast.

// members reads an object. With fields set keys that differ in case alone are the same.
func members(text []byte, fields bool) (keys []string, values []json.RawMessage, err error) {
	decoder, err := open(text, '{')
	if err != nil {
		return nil, nil, err
	}
	seen := make(map[string]bool)
	for decoder.More() {
		if len(keys) == maxMembers {
			return nil, nil, errTooMany
		}
		token, err := decoder.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("read key: %w", err)
		}
		key, _ := token.(string) // valid JSON has no other keys
		folded := key
		if fields {
			folded = strings.ToLower(key)
		}
		if seen[folded] {
			return nil, nil, fmt.Errorf("key %q stands there twice", brief(key))
		}
		seen[folded] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, nil, fmt.Errorf("read value of %q: %w", brief(key), err)
		}
		keys, values = append(keys, key), append(values, value)
	}
	return keys, values, nil
}

// elements reads an array.
func elements(text []byte) ([]json.RawMessage, error) {
	decoder, err := open(text, '[')
	if err != nil {
		return nil, err
	}
	var all []json.RawMessage
	for decoder.More() {
		if len(all) == maxElements {
			return nil, errTooMany
		}
		var element json.RawMessage
		if err := decoder.Decode(&element); err != nil {
			return nil, fmt.Errorf("read element %d: %w", len(all), err)
		}
		all = append(all, element)
	}
	return all, nil
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
