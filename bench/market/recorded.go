package market

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed" // the recorded minutes
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

//go:embed testdata/minutes-june-2025.csv.gz
var recorded []byte

// Recorded returns six days of June 2025, 23 tokens, minute by minute, as the exchange
// told them; testdata/README.md says which and where they come from.
func Recorded() (History, error) {
	unpacked, err := gzip.NewReader(bytes.NewReader(recorded))
	if err != nil {
		return History{}, fmt.Errorf("unpack recorded minutes: %w", err)
	}
	series, err := readDeltas(unpacked)
	if err != nil {
		return History{}, fmt.Errorf("read recorded minutes: %w", err)
	}
	return aligned("binance", series), nil
}

// closes is the price of one token at minutes without a gap.
type closes struct {
	token  string
	first  time.Time
	prices []layers.Decimal
}

// readDeltas reads lines of symbol, decimal places, unix seconds of the first close,
// first close, changes.
func readDeltas(r io.Reader) ([]closes, error) {
	var all []closes
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		token, rest, _ := strings.Cut(lines.Text(), ",")
		numbers, err := integers(rest)
		if err != nil {
			return nil, fmt.Errorf("line of %s: %w", token, err)
		}
		all = append(all, sum(token, numbers))
	}
	return all, lines.Err()
}

func integers(list string) ([]int64, error) {
	var numbers []int64
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, n)
	}
	if len(numbers) < 3 {
		return nil, fmt.Errorf("%d numbers, want places, time, closes", len(numbers))
	}
	return numbers, nil
}

func sum(token string, numbers []int64) closes {
	c := closes{token: strings.ToLower(token), first: time.Unix(numbers[1], 0).UTC()}
	var coefficient int64
	for _, change := range numbers[2:] {
		coefficient += change
		c.prices = append(c.prices, layers.Decimal{Coefficient: coefficient, Exponent: int8(-numbers[0])})
	}
	return c
}

// aligned makes a history of series that begin at the same minute and are equally long.
func aligned(source string, all []closes) History {
	h := History{Source: source, Cycles: len(all[0].prices)}
	for _, c := range all {
		h.Tokens = append(h.Tokens, c.token)
	}
	h.Walk = func() iter.Seq[[]layers.Sample] {
		return func(yield func([]layers.Sample) bool) {
			cycle := h.samples()
			for minute := range h.Cycles {
				at := all[0].first.Add(time.Duration(minute) * time.Minute)
				for i, c := range all {
					cycle[i].Time, cycle[i].Price = at, c.prices[minute]
				}
				if !yield(cycle) {
					return
				}
			}
		}
	}
	return h
}
