package csvfile

import (
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"strata/layers"

	"pgregory.net/rapid"
)

func read(text string, interval time.Duration) ([]layers.Sample, error) {
	return Read(strings.NewReader(text), Options{Name: "prices.csv", Token: "bittensor", Source: "import", Interval: interval})
}

func each(samples []layers.Sample) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for _, s := range samples {
			if !yield(s, nil) {
				return
			}
		}
	}
}

func TestPricesComeBackBitForBit(t *testing.T) {
	const text = "timestamp,price\n1750107660,389.05\n1750107720,0.70700\n1750107780.25,0.00000964\n1750107781,115730\n"
	samples, err := read(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if n, err := Write(&out, each(samples)); err != nil || n != 4 {
		t.Fatal(n, err)
	}
	if out.String() != text {
		t.Errorf("got %q, want %q", out.String(), text)
	}
}

func TestAnyTimeInMillisecondsComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := time.UnixMilli(rapid.Int64Range(earliest.UnixMilli(), latest.UnixMilli()).Draw(t, "ms")).UTC()
		got, err := ParseTime(FormatTime(want))
		if err != nil || !got.Equal(want) {
			t.Fatalf("%v came back as %v, %v", want, got, err)
		}
	})
}

// The bar of TAO that opened at 2025-06-16T21:00Z on a minute grid closed at 389.05.
func TestACandleCountsAtItsClose(t *testing.T) {
	const text = "timestamp,open,high,low,close,volume\n" +
		"1750107600,388.87,389.27,388.84,389.05,42567.14680\n" +
		"1750107660,389.06,389.58,389.05,389.58,79266.83543\n"
	samples, err := read(text, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got := samples[0]; got.Time.Unix() != 1750107660 || got.Price.String() != "389.05" {
		t.Errorf("got %v at %d", got.Price, got.Time.Unix())
	}
	if samples, _ = read(text, time.Hour); samples[0].Time.Unix() != 1750107600+3600 {
		t.Errorf("the given interval was not used: %v", samples[0].Time)
	}
}

func TestNewestFirstAndRepeatedRowsAreNoFault(t *testing.T) {
	samples, err := read("timestamp,price\n1750107720,2\n1750107660,1\n1750107660,1\n", 0)
	if err != nil || len(samples) != 2 || samples[0].Price.String() != "1" {
		t.Errorf("got %v, %v", samples, err)
	}
}

func TestEveryFaultIsToldWithItsLine(t *testing.T) {
	const text = `timestamp,price
1750107660,389.05
noon,1
1750107720,
1750107780,-3
1750107840,NaN
1750107900,0x1p4
1750107960,0
1750107660,389.06
1750107660000,1
1750108020
1750108080.12345,1
`
	want := []string{
		`prices.csv:3: timestamp: found "noon", want unix seconds such as 1750107660`,
		`prices.csv:4: price: not a decimal number: ""`,
		`prices.csv:5: price: found "-3", want a price greater than 0`,
		`prices.csv:6: price: not a decimal number: "NaN"`,
		`prices.csv:7: price: not a decimal number: "0x1p4"`,
		`prices.csv:8: price: found "0", want a price greater than 0`,
		`prices.csv:10: timestamp: found "1750107660000", want unix seconds of the years 2009 to 2100 (milliseconds are divided by 1000 first)`,
		`prices.csv:11: found 1 fields, want 2: timestamp,price`,
		`prices.csv:12: timestamp: found "1750108080.12345", want no more than three decimals`,
		`prices.csv:9: timestamp 1750107660 stands in line 2 too, with price 389.05 instead of 389.06`,
	}
	samples, err := read(text, 0)
	faults, ok := errors.AsType[*Faults](err)
	if !ok || samples != nil {
		t.Fatalf("got %d samples, %v", len(samples), err)
	}
	if got := faults.Error(); got != strings.Join(want, "\n") {
		t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(want, "\n"))
	}
}

func TestAWrongHeaderOrEmptyFileIsAFault(t *testing.T) {
	for _, text := range []string{"", "time,close\n1,2\n", "1750107660,389.05\n"} {
		if _, err := read(text, 0); err == nil || !strings.Contains(err.Error(), `want "timestamp,price" or`) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestManyFaultsAreCounted(t *testing.T) {
	_, err := read("timestamp,price\n"+strings.Repeat("x,1\n", 100), 0)
	if err == nil || !strings.HasSuffix(err.Error(), "and 80 more") {
		t.Error(err)
	}
}

func TestALoneCandleNeedsItsInterval(t *testing.T) {
	const text = "timestamp,open,high,low,close,volume\n1750107600,1,1,1,1,0\n"
	if _, err := read(text, 0); err == nil || !strings.Contains(err.Error(), "--interval") {
		t.Error(err)
	}
	if samples, err := read(text, time.Minute); err != nil || samples[0].Time.Unix() != 1750107660 {
		t.Error(samples, err)
	}
}

func TestTheCommonestDistanceIsTheInterval(t *testing.T) {
	const text = "timestamp,open,high,low,close,volume\n" +
		"86400000,1,1,1,1,0\n86486400,1,1,1,1,0\n86572800,1,1,1,1,0\n86655600,1,1,1,1,0\n"
	samples, err := read(strings.ReplaceAll(text, "\n86", "\n1386"), 0)
	if err != nil || samples[0].Time.Unix() != 1386400000+86400 {
		t.Error(samples, err)
	}
}

func TestBrokenQuotingIsAFaultWithItsLine(t *testing.T) {
	if _, err := read("timestamp,price\n1750107600,\"1\n", 0); err == nil || !strings.HasPrefix(err.Error(), "prices.csv:") {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("timestamp,price\n1750107660,389.05\n")
	f.Add("timestamp,open,high,low,close,volume\n1750107600,1,1,1,1,0\n1750107660,1,1,1,2,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		samples, err := read(text, 0)
		if err == nil && strings.HasPrefix(text, "timestamp,price\n") {
			var out strings.Builder
			if n, err := Write(&out, each(samples)); err != nil || n != len(samples) {
				t.Fatal(n, err)
			}
		}
	})
}
