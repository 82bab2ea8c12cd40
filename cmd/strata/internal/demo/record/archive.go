package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

// archive is a folder of histories.
type archive struct {
	dir     string
	origins map[string]string // file name to public repository and path
}

// openArchive reads the manifest of a folder of histories.
func openArchive(dir string) (*archive, error) {
	rows, err := readCSV(filepath.Join(dir, "MANIFEST.csv"))
	if err != nil {
		return nil, err
	}
	const file, repository, path = 0, 7, 8
	a := &archive{dir: dir, origins: make(map[string]string)}
	for _, row := range rows {
		a.origins[row[file]] = row[repository] + "/" + row[path]
	}
	return a, nil
}

// history is the bars of one file.
type history struct {
	origin string // public repository and path
	bars   []recording.Bar
}

// read returns the closes of a file such as "faruk-binanceusdm_TAO_1m.csv" that
// lie in (from, to].
func (a *archive) read(name string, interval time.Duration, from, to time.Time) (history, error) {
	h := history{origin: a.origins[name]}
	if h.origin == "" {
		return h, fmt.Errorf("read history: %s is not in the manifest", name)
	}
	rows, err := readCSV(filepath.Join(a.dir, name))
	if err != nil {
		return h, err
	}
	for i, row := range rows {
		bar, err := readBar(row, interval)
		if err != nil {
			return h, fmt.Errorf("read history %s: row %d: %w", name, i+1, err)
		}
		if bar.Close > from.Unix() && bar.Close <= to.Unix() {
			h.bars = append(h.bars, bar)
		}
	}
	return h, nil
}

// readBar reads timestamp,open,high,low,close,...; the timestamp is the open's.
func readBar(row []string, interval time.Duration) (recording.Bar, error) {
	const opened, closing = 0, 4
	if len(row) <= closing {
		return recording.Bar{}, fmt.Errorf("%d columns, at least 5 needed", len(row))
	}
	open, err := strconv.ParseInt(row[opened], 10, 64)
	if err != nil {
		return recording.Bar{}, fmt.Errorf("timestamp: %w", err)
	}
	price, err := layers.ParseDecimal(row[closing])
	return recording.Bar{Close: open + int64(interval/time.Second), Price: price}, err
}

// readCSV returns the rows of a file below its heading.
func readCSV(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read history %s: %w", path, err)
	}
	if len(rows) < 2 {
		return nil, fmt.Errorf("read history %s: it has no rows", path)
	}
	return rows[1:], nil
}
