package market

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// Folder returns the closes of the one-minute bars in dir: a file a token whose name
// ends in _1m.csv, with lines of timestamp (unix seconds of the bar's open), open,
// high, low, close and anything else. All files have to hold the same minutes, none
// missing.
func Folder(dir string) (History, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*_1m.csv"))
	if err != nil {
		return History{}, fmt.Errorf("list %s: %w", dir, err)
	}
	if len(names) == 0 {
		return History{}, fmt.Errorf("no file in %s ends in _1m.csv", dir)
	}
	var all []closes
	for _, name := range names {
		c, err := readBars(name)
		if err == nil && len(all) > 0 && (!c.first.Equal(all[0].first) || len(c.prices) != len(all[0].prices)) {
			err = errors.New("its minutes are not those of the other files")
		}
		if err != nil {
			return History{}, fmt.Errorf("read %s: %w", name, err)
		}
		all = append(all, c)
	}
	return aligned("folder", all), nil
}

// readBars reads the closes of one file.
func readBars(name string) (closes, error) {
	file, err := os.Open(name)
	if err != nil {
		return closes{}, err
	}
	defer func() { _ = file.Close() }() // it was only read from
	lines := csv.NewReader(file)
	header, err := lines.Read()
	if err != nil {
		return closes{}, err
	}
	stamp, price := slices.Index(header, "timestamp"), slices.Index(header, "close")
	if stamp < 0 || price < 0 {
		return closes{}, errors.New("no column timestamp or close")
	}
	c := closes{token: strings.ToLower(strings.TrimSuffix(filepath.Base(name), "_1m.csv"))}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return c, nil
		}
		if err == nil {
			err = c.add(line[stamp], line[price])
		}
		if err != nil {
			return closes{}, err
		}
	}
}

// add takes the close of the next minute; a bar closes a minute after its open.
func (c *closes) add(stamp, price string) error {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return err
	}
	at := time.Unix(seconds, 0).UTC().Add(time.Minute)
	if len(c.prices) == 0 {
		c.first = at
	}
	if want := c.first.Add(time.Duration(len(c.prices)) * time.Minute); !at.Equal(want) {
		return fmt.Errorf("bar closes at %s, want %s", at, want)
	}
	p, err := layers.ParseDecimal(price)
	if err != nil {
		return err
	}
	c.prices = append(c.prices, p)
	return nil
}
