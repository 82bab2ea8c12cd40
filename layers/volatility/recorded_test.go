package volatility

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

const day = 24 * time.Hour

// recorded returns the numbers of a CSV in testdata, by column.
func recorded(t testing.TB, name string) map[string][]float64 {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", name+".csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(unzipped).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]float64{}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			v, err := strconv.ParseFloat(row[i], 64)
			if err != nil {
				t.Fatal(err)
			}
			columns[name] = append(columns[name], v)
		}
	}
	return columns
}

// recordedBars returns the daily bars of a token.
func recordedBars(t testing.TB, token string) []Bar {
	t.Helper()
	c := recorded(t, "days_"+token)
	bars := make([]Bar, len(c["close"]))
	for i := range bars {
		bars[i] = Bar{Open: c["open"][i], High: c["high"][i], Low: c["low"][i], Close: c["close"][i]}
	}
	return bars
}

func closes(bars []Bar) []float64 {
	prices := make([]float64, len(bars))
	for i, b := range bars {
		prices[i] = b.Close
	}
	return prices
}

// returnsOf are those of every k-th price.
func returnsOf(prices []float64, k int) []float64 {
	var returns []float64
	for i := k; i < len(prices); i += k {
		returns = append(returns, Return(prices[i-k], prices[i]))
	}
	return returns
}

// dailyVariances are the realised variances of days of 24 hourly prices.
func dailyVariances(prices []float64) []float64 {
	hourly := returnsOf(prices, 1)
	var days []float64
	for i := 0; i+24 <= len(hourly); i += 24 {
		days = append(days, RealisedVariance(hourly[i:i+24]))
	}
	return days
}

func readJSON(t testing.TB, name string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}

// compare fails unless a number is there and agrees with the expected one to a
// relative tolerance.
func compare(t *testing.T, what string, got float64, ok bool, want, tolerance float64) {
	t.Helper()
	if !ok || !near(got, want, tolerance) {
		t.Errorf("%s: got %.17g (%t), want %.17g, off by %.1e", what, got, ok, want, got/want-1)
	}
}
