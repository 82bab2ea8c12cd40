package storage_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

// The work of every torture is a row of operations that is known by rule, so that any
// process can say what belongs into a store after so many of them. Most are cycles, 11
// minutes apart, so that hours are sealed and days end; some bring candles, some import
// history and correct that of the import before.
const (
	cycleTokens   = 70 // more than the series that a segment takes in
	cycleStep     = 11 * time.Minute
	fieldTokens   = 6  // of them that have volume and market capitalisation too
	importEvery   = 16 // the last operation of so many is an import, the one before brings candles
	importSamples = 160
	importStep    = 17 * time.Minute
	candleCount   = 50
)

func isImport(n int) bool  { return n%importEvery == importEvery-1 }
func isCandles(n int) bool { return n%importEvery == importEvery-2 }
func isCycle(n int) bool   { return !isImport(n) && !isCandles(n) }

// operation makes the samples of operation n, which brings no candles.
func operation(base time.Time, n int) []layers.Sample {
	if isImport(n) {
		samples := make([]layers.Sample, importSamples)
		for i := range samples {
			samples[i] = layers.Sample{Token: importToken(n), Source: "import", Time: importTime(base, i), Price: price(n, i)}
		}
		return samples
	}
	samples := make([]layers.Sample, cycleTokens)
	for i := range samples {
		samples[i] = layers.Sample{Token: cycleToken(i), Source: "kraken", Time: cycleTime(base, n), Price: price(n, i)}
		if i < fieldTokens {
			samples[i].Volume, samples[i].MarketCap = price(n, i+100), price(n, i+200)
		}
	}
	return samples
}

// corrections are of the import before, and come with import n.
func corrections(base time.Time, n int) []layers.Sample {
	samples := operation(base, n-importEvery)
	for i := range samples {
		samples[i].Price = corrected(n-importEvery, i)
	}
	return samples
}

// corrected is the price that sample i of import n has in the end.
func corrected(n, i int) layers.Decimal { return price(n+importEvery, i+500) }

// candle makes candle i of operation n.
func candle(base time.Time, n, i int) layers.Candle {
	open := base.AddDate(0, 0, -9).Add(time.Duration(i) * time.Hour)
	return layers.Candle{Token: "bars-" + strconv.Itoa(n), Source: "kraken", Open: open, Interval: time.Hour,
		OpenPrice: price(n, i), High: price(n, i+200), Low: price(n, i), Close: price(n, i+100), Volume: price(n, i+300)}
}

func candles(base time.Time, n int) []layers.Candle {
	all := make([]layers.Candle, candleCount)
	for i := range all {
		all[i] = candle(base, n, i)
	}
	return all
}

// price tells operation and sample apart, and changes its number of digits.
func price(n, i int) layers.Decimal {
	return layers.Decimal{Coefficient: int64(n+1)*1000 + int64(i), Exponent: -int8(i%4) - int8(n%3)}
}

func cycleTime(base time.Time, n int) time.Time { return base.Add(time.Duration(n) * cycleStep) }
func importTime(base time.Time, i int) time.Time {
	return base.AddDate(0, 0, -9).Add(time.Duration(i) * importStep)
}
func cycleToken(i int) string  { return "token-" + strconv.Itoa(i) }
func importToken(n int) string { return "past-" + strconv.Itoa(n) }

// do sends an operation to a store.
func do(s *storage.Store, base time.Time, n int) error {
	var err error
	switch {
	case isImport(n):
		_, err = s.Import(operation(base, n))
		if err == nil && n >= importEvery {
			_, err = s.ImportWith(corrections(base, n), storage.ImportOptions{Replace: true})
		}
		if err == nil {
			err = s.PutChunks([]storage.Chunk{chunk(base, n)})
		}
	case isCandles(n):
		_, err = s.AppendCandles(candles(base, n))
	default:
		err = s.AppendNoted(cycleTime(base, n), operation(base, n), note(n))
	}
	return err
}

// work does operations and says of each that it is stored once the store says so. When
// one fails it tries again, and says so if the store takes it then.
func work(t *testing.T, j job) {
	runtime.LockOSThread() // strace counts the calls of each thread
	s, err := storage.Open(j.Path, storage.Options{LockTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal("refused:", oneLine(err))
	}
	for n := j.From; j.Count == 0 || n < j.From+j.Count; n++ {
		if err := do(s, j.Base, n); err != nil {
			for range 3 {
				if do(s, j.Base, n) == nil {
					fmt.Println("stored after a failure", n)
				}
			}
			t.Fatal("failed:", oneLine(err))
		}
		fmt.Println("stored", n)
	}
	if err := s.Close(); err != nil {
		t.Fatal("failed:", oneLine(err))
	}
}

// oneLine shows the line breaks of an error that must not have any.
func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", `\n`) }

// filled does operations in this process and returns the job that describes the store.
func filled(t *testing.T, count int) job {
	t.Helper()
	j := newJob(t)
	j.Count = count
	s, err := storage.Open(j.Path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for n := range count {
		if err := do(s, j.Base, n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return j
}
