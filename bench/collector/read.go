package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"strata/collector/okx"
	"strata/layers"
)

// Goals of reading: times the MB/s of a plain json.Unmarshal into structs, and allocations
// a coin.
const (
	goalSpeed  = 8
	goalAllocs = 0.05 // a few of a whole answer are none of a coin
)

// reader is a way of reading an answer to the last digit of each price.
type reader struct {
	name string
	read func(body []byte) (coins int, err error)
}

// compareReaders prints a table for each kind of answer: encoding/json as strict as ours,
// then plain, ours last.
func compareReaders(w io.Writer, while time.Duration) error {
	now := time.Unix(1779092258, 0)
	page, book := []byte("{"), []byte("{")
	for token := range 250 {
		page = coin(page, fmt.Sprintf("some-token-%d", token), token, now)
	}
	for token := range 1500 {
		book = pair(book, fmt.Sprintf("T%d/USD", token), token, now)
	}
	list := []byte(`{"code":"0","msg":"","data":[`)
	for token := range 1000 {
		list = ticker(list, okx.Name, fmt.Sprintf("T%d-USDT", token), now)
	}
	if err := writeReaders(w, "a page of 250 coins of CoinGecko", closed(page, "}"), coinReaders(), while); err != nil {
		return err
	}
	if err := writeReaders(w, "1,500 tickers of Kraken", closed(book, "}"), bookReaders(), while); err != nil {
		return err
	}
	return writeReaders(w, "1,000 tickers of OKX", closed(list, "]}"), listReaders(), while)
}

func writeReaders(w io.Writer, what string, body []byte, readers []reader, while time.Duration) error {
	results, err := clock(readers, body, while)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\n### %s, %.0f KB\n\n| reader | MB/s | ns a coin | allocations a coin | ours is faster |\n| --- | --: | --: | --: | --: |\n", what, float64(len(body))/1e3)
	ours := results[len(results)-1]
	for i, r := range results {
		fmt.Fprintf(w, "| %s | %.0f | %.0f | %.2f | %.1f times |\n", readers[i].name, float64(len(body))/r.took.Seconds()/1e6,
			float64(r.took)/float64(r.coins), r.allocs/float64(r.coins), float64(r.took)/float64(ours.took))
	}
	faster, allocs := float64(results[1].took)/float64(ours.took), ours.allocs/float64(ours.coins)
	verdict := "reached"
	if faster < goalSpeed || allocs >= goalAllocs {
		verdict = "**not reached**"
	}
	fmt.Fprintf(w, "\n- goal, %d times the MB/s of a plain json.Unmarshal, at no allocation a coin: %.1f times, %.2f: %s\n", goalSpeed, faster, allocs, verdict)
	return nil
}

// reading is what one reading of a body took, at best.
type reading struct {
	coins  int
	took   time.Duration
	allocs float64
}

// clock has the readers take turns, so that whatever else the machine does meets all of
// them alike.
func clock(readers []reader, body []byte, while time.Duration) ([]reading, error) {
	const rounds = 10
	results := make([]reading, len(readers))
	for i, r := range readers {
		coins, err := r.read(body)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		results[i] = reading{coins, time.Hour, testing.AllocsPerRun(10, func() { r.read(body) })} //nolint:errcheck // it has read it once
	}
	for range rounds {
		for i, r := range readers {
			for began := time.Now(); time.Since(began) < while/rounds; {
				start := time.Now()
				r.read(body) //nolint:errcheck // it has read it once
				results[i].took = min(results[i].took, time.Since(start))
			}
		}
	}
	return results, nil
}

// strict reads an object as encoding/json can be made to: cut bodies, trailing garbage and
// keys that stand there twice are errors.
func strict(text []byte) (map[string]json.RawMessage, error) {
	if !json.Valid(text) {
		return nil, errors.New("not valid")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if _, err := decoder.Token(); err != nil {
		return nil, err
	}
	found, seen := make(map[string]json.RawMessage), make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, err
		}
		key, _ := token.(string)
		if seen[strings.ToLower(key)] {
			return nil, fmt.Errorf("%q stands there twice", key)
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, err
		}
		seen[strings.ToLower(key)], found[key] = true, value
	}
	return found, nil
}

// readStrictly reads numbers in fields of all objects in an object.
func readStrictly(body []byte, fields ...string) (int, error) {
	all, err := strict(body)
	if err != nil {
		return 0, err
	}
	for _, text := range all {
		one, err := strict(text)
		if err != nil {
			return 0, err
		}
		for _, name := range fields {
			if _, err := layers.ParseDecimal(string(one[name])); err != nil {
				return 0, err
			}
		}
	}
	return len(all), nil
}
