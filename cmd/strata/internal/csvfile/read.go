// Package csvfile reads and writes price history as CSV, the way exchanges and
// spreadsheets exchange it.
//
// A file begins with one of two headers. Under `timestamp,price` a row is a price at
// an instant. Under `timestamp,open,high,low,close,volume` a row is a candle, stamped
// with the time it opened; its close counts at open plus interval. Timestamps are unix
// seconds, with up to three decimals. Prices are exact decimals of US dollars.
//
// A file with anything wrong in it yields no sample at all, but every fault with its
// line.
package csvfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// The headers that a file can begin with.
var (
	PriceHeader  = []string{"timestamp", "price"}
	CandleHeader = []string{"timestamp", "open", "high", "low", "close", "volume"}
)

// maxFaults bounds how many faults are told one by one.
const maxFaults = 20

// Faults are the things wrong with a file, a line each.
type Faults struct {
	Lines []string // the first of them
	More  int      // how many more there are
}

// Error returns the faults, a line each.
func (f *Faults) Error() string {
	text := strings.Join(f.Lines, "\n")
	if f.More > 0 {
		text += fmt.Sprintf("\nand %d more", f.More)
	}
	return text
}

// Add notes a fault of a line.
func (f *Faults) Add(name string, line int, format string, args ...any) {
	if len(f.Lines) == maxFaults {
		f.More++
		return
	}
	f.Lines = append(f.Lines, fmt.Sprintf("%s:%d: %s", name, line, fmt.Sprintf(format, args...)))
}

// Options say what the rows of a file are.
type Options struct {
	Name     string        // of the file, for messages
	Token    string        // slug
	Source   string        // name of the source
	Interval time.Duration // length of a candle; 0 takes the commonest distance between two rows
}

type row struct {
	line  int
	time  time.Time
	price layers.Decimal
}

// Read returns the samples of a file in order of time. What is wrong with the file is
// returned as *[Faults]; an error of r as it is.
func Read(r io.Reader, opts Options) ([]layers.Sample, error) {
	reader := csv.NewReader(r)
	reader.FieldsPerRecord = -1
	faults := &Faults{}
	header, err := reader.Read() // of an empty file: nothing
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, broken(opts.Name, err)
	}
	candles := slices.Equal(header, CandleHeader)
	if !candles && !slices.Equal(header, PriceHeader) {
		faults.Add(opts.Name, 1, "found header %q, want %q or %q",
			strings.Join(header, ","), strings.Join(PriceHeader, ","), strings.Join(CandleHeader, ","))
		return nil, faults
	}
	rows, err := readRows(reader, opts.Name, candles, faults)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b row) int { return a.time.Compare(b.time) })
	rows = distinct(rows, opts.Name, faults)
	shift := time.Duration(0)
	if candles {
		shift = interval(rows, opts, faults)
	}
	if faults.Lines != nil {
		return nil, faults
	}
	return samples(rows, opts, shift), nil
}

func readRows(reader *csv.Reader, name string, candles bool, faults *Faults) ([]row, error) {
	var rows []row
	for {
		fields, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, broken(name, err)
		}
		line, _ := reader.FieldPos(0)
		if r, ok := readRow(fields, name, line, candles, faults); ok {
			rows = append(rows, r)
		}
	}
}

func readRow(fields []string, name string, line int, candles bool, faults *Faults) (row, bool) {
	columns, column := PriceHeader, 1
	if candles {
		columns, column = CandleHeader, 4
	}
	if len(fields) != len(columns) {
		faults.Add(name, line, "found %d fields, want %d: %s", len(fields), len(columns), strings.Join(columns, ","))
		return row{}, false
	}
	at, err := ParseTime(fields[0])
	if err != nil {
		faults.Add(name, line, "timestamp: %v", err)
		return row{}, false
	}
	price, err := layers.ParseDecimal(fields[column])
	if err == nil && !price.IsPositive() {
		err = fmt.Errorf("found %q, want a price greater than 0", fields[column])
	}
	if err != nil {
		faults.Add(name, line, "%s: %v", columns[column], err)
		return row{}, false
	}
	return row{line: line, time: at, price: price}, true
}

// distinct drops rows that repeat another to the letter and reports those that
// contradict another.
func distinct(rows []row, name string, faults *Faults) []row {
	kept := rows[:0]
	for _, r := range rows {
		if n := len(kept); n > 0 && kept[n-1].time.Equal(r.time) {
			if kept[n-1].price.Cmp(r.price) != 0 {
				faults.Add(name, r.line, "timestamp %s stands in line %d too, with price %s instead of %s",
					FormatTime(r.time), kept[n-1].line, kept[n-1].price, r.price)
			}
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

func interval(rows []row, opts Options, faults *Faults) time.Duration {
	if opts.Interval > 0 {
		return opts.Interval
	}
	if len(rows) < 2 {
		faults.Add(opts.Name, 1, "fewer than two candles: their interval cannot be told, give --interval")
		return 0
	}
	return commonest(rows)
}

// commonest returns the distance between rows that occurs most often, so that neither
// a gap nor a day of 23 hours decides.
func commonest(rows []row) time.Duration {
	times := map[time.Duration]int{}
	best := time.Duration(0)
	for i := 1; i < len(rows); i++ {
		distance := rows[i].time.Sub(rows[i-1].time)
		times[distance]++
		if times[distance] > times[best] || (times[distance] == times[best] && distance < best) {
			best = distance
		}
	}
	return best
}

func samples(rows []row, opts Options, shift time.Duration) []layers.Sample {
	all := make([]layers.Sample, len(rows))
	for i, r := range rows {
		all[i] = layers.Sample{Token: opts.Token, Source: opts.Source, Time: r.time.Add(shift), Price: r.price}
	}
	return all
}

func broken(name string, err error) error {
	if parse, ok := errors.AsType[*csv.ParseError](err); ok {
		faults := &Faults{}
		faults.Add(name, parse.Line, "not valid CSV: %v", parse.Err)
		return faults
	}
	return fmt.Errorf("read %s: %w", name, err)
}
