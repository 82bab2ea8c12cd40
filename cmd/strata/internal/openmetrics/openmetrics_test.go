package openmetrics

import (
	"bytes"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/cmd/strata/internal/csvfile"
	"strata/layers"
)

// all hands on the samples that have a field.
func all(samples []layers.Sample) func(Field) iter.Seq2[layers.Sample, error] {
	return func(f Field) iter.Seq2[layers.Sample, error] {
		return func(yield func(layers.Sample, error) bool) {
			for _, sample := range samples {
				if f.of(&sample).IsPositive() && !yield(sample, nil) {
					return
				}
			}
		}
	}
}

func read(text string) (samples []layers.Sample, err error) {
	err = Read(strings.NewReader(text), "file", func(s layers.Sample) error {
		samples = append(samples, s)
		return nil
	})
	return samples, err
}

// The text is that of the specification, written by hand.
func TestAFileIsWhatTheSpecificationSays(t *testing.T) {
	samples := []layers.Sample{
		{Token: "near", Source: "kraken", Time: time.Unix(1750420860, 0).UTC(), Price: layers.Decimal{Coefficient: 2120, Exponent: -3}},
		{Token: "near", Source: "kraken", Time: time.UnixMilli(1750420920250).UTC(), Price: layers.Decimal{Coefficient: 15, Exponent: 2}},
		{Token: "near", Source: `a"b\c`, Time: time.Unix(1750420860, 0).UTC(), Price: layers.Decimal{Coefficient: 964, Exponent: -8}},
		{Token: "near", Source: "kraken", Time: time.Unix(1750420860, 0).UTC(), Volume: layers.Decimal{Coefficient: 8125}},
		{Token: "near", Source: "kraken", Time: time.Unix(1750420860, 0).UTC(), MarketCap: layers.Decimal{Coefficient: 25, Exponent: -1}},
	}
	const want = `# TYPE strata_token_price_usd gauge
# UNIT strata_token_price_usd usd
# HELP strata_token_price_usd Price of a token in US dollars, as one source said it.
strata_token_price_usd{token="near",source="kraken"} 2.120 1750420860
strata_token_price_usd{token="near",source="kraken"} 1500 1750420920.25
strata_token_price_usd{token="near",source="a\"b\\c"} 0.00000964 1750420860
# TYPE strata_token_volume_usd gauge
# UNIT strata_token_volume_usd usd
# HELP strata_token_volume_usd US dollars for which a token was traded in the 24 hours before, as one source said it.
strata_token_volume_usd{token="near",source="kraken"} 8125 1750420860
# TYPE strata_token_market_cap_usd gauge
# UNIT strata_token_market_cap_usd usd
# HELP strata_token_market_cap_usd Value of all tokens in circulation in US dollars, as one source said it.
strata_token_market_cap_usd{token="near",source="kraken"} 2.5 1750420860
# EOF
`
	var text bytes.Buffer
	if n, err := Write(&text, all(samples)); n != 5 || err != nil {
		t.Fatal(n, err)
	}
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	got, err := read(want)
	samples[1].Price = layers.Decimal{Coefficient: 1500} // the same number, as the digits say it
	if diff := cmp.Diff(samples, got); err != nil || diff != "" {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestEverySampleComesBackAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		samples := rapid.SliceOf(rapid.Custom(func(t *rapid.T) layers.Sample {
			s := layers.Sample{
				Token:  rapid.StringMatching(`[a-z0-9-]{1,12}`).Draw(t, "token"),
				Source: rapid.StringN(1, 8, -1).Filter(func(s string) bool { return !strings.Contains(s, "\r") }).Draw(t, "source"),
				Time:   time.UnixMilli(rapid.Int64Range(1230940800000, 4102444799999).Draw(t, "time")).UTC(),
			}
			*rapid.SampledFrom([]Field{Price, Volume, MarketCap}).Draw(t, "field").of(&s) = layers.Decimal{
				Coefficient: rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, "coefficient"),
				Exponent:    int8(rapid.IntRange(-40, 0).Draw(t, "exponent")),
			}
			return s
		})).Draw(t, "samples")
		seen := map[series]time.Time{}
		var kept []layers.Sample // a series goes forward in time
		for f := range fields {
			for _, s := range samples {
				of := series{f, s.Token, s.Source}
				if last, ok := seen[of]; f.of(&s).IsPositive() && (!ok || s.Time.After(last)) {
					kept, seen[of] = append(kept, s), s.Time
				}
			}
		}
		var text bytes.Buffer
		if _, err := Write(&text, all(kept)); err != nil {
			t.Fatal(err)
		}
		got, err := read(text.String())
		if diff := cmp.Diff(kept, got); err != nil || diff != "" {
			t.Errorf("%v, -want +got:\n%s", err, diff)
		}
	})
}

func TestEveryFaultOfAFileIsToldWithItsLine(t *testing.T) {
	const text = `# TYPE strata_token_price_usd counter
# UNIT strata_token_price_usd seconds
# HELP other_metric Something else.
strata_token_price_usd{token="near",source="kraken"} 2.12 1750420860
strata_token_price_usd{token="near",source="kraken"} 2.13 1750420860
strata_token_price_usd{token="near",source="kraken"} NaN 1750420920
strata_token_price_usd{token="near",source="kraken"} -1 1750420920
strata_token_price_usd{token="near",source="kraken"} 1 1750420920000
strata_token_price_usd{token="near",source="kraken"} 1
strata_token_price_usd{token="near"} 1 1750420920
strata_token_price_usd{token="near",source="a",venue="b"} 1 1750420920
strata_token_price_usd{token="near,source="a"} 1 1750420920
strata_token_price_usd{token="near",token="a"} 1 1750420920
up{job="strata"} 1 1750420920
strata_token_price_usd 1 1750420920

strata_token_price_usd{token="refused",source="a"} 1 1750420920`
	want := []string{
		`file:1: found type "counter", want gauge`,
		`file:2: found unit "seconds", want usd`,
		`file:3: metric "other_metric" is not known, want strata_token_price_usd, strata_token_volume_usd or strata_token_market_cap_usd`,
		`file:5: timestamp 1750420860 of near from kraken does not come after 1750420860, the one before`,
		`file:6: price: not a decimal number: "NaN"`,
		`file:7: price: found "-1", want a price greater than 0`,
		`file:8: timestamp: found "1750420920000", want unix seconds of the years 2009 to 2100 (milliseconds are divided by 1000 first)`,
		`file:9: found " 1" after the labels, want a price and a timestamp`,
		`file:10: want the labels token and source, and no other`,
		`file:11: want the labels token and source, and no other`,
		`file:12: labels: found "a\"} 1 1750420920", want a comma or a closing brace`,
		`file:13: labels: "token" stands there twice`,
		`file:14: metric "up" is not known, want strata_token_price_usd, strata_token_volume_usd or strata_token_market_cap_usd`,
		`file:15: found "strata_token_price_usd 1 1750420920", want strata_token_price_usd{token="...",source="..."} PRICE TIMESTAMP`,
		`file:16: found "", want strata_token_price_usd{token="...",source="..."} PRICE TIMESTAMP`,
		`file:17: no such token`,
		`file:18: the file ends without "# EOF", so it was cut off`,
	}
	err := Read(strings.NewReader(text), "file", func(s layers.Sample) error {
		if s.Token == "refused" {
			return errors.New("no such token")
		}
		return nil
	})
	faults, ok := errors.AsType[*csvfile.Faults](err)
	if !ok {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, faults.Lines); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Wherever a file is cut off it is refused, but for the newline at its end.
func TestAFileThatWasCutOffIsRefused(t *testing.T) {
	const whole = "# TYPE strata_token_price_usd gauge\nstrata_token_price_usd{token=\"near\",source=\"kraken\"} 2.12 1750420860\n# EOF"
	for n := range len(whole) {
		if _, err := read(whole[:n]); err == nil {
			t.Errorf("%q was accepted", whole[:n])
		}
	}
	if _, err := read(whole); err != nil {
		t.Error(err)
	}
	if _, err := read(whole + "\nmore"); err == nil {
		t.Error("a line after the end was accepted")
	}
	if err := Read(iotest.ErrReader(io.ErrClosedPipe), "file", nil); !errors.Is(err, io.ErrClosedPipe) {
		t.Error(err)
	}
	if _, err := read(strings.Repeat("x", maxLine+1)); err == nil {
		t.Error("an endless line was accepted")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("# UNIT strata_token_price_usd usd\n" + Price.Metric() + `{token="a",source="b\"\\\n"} 1e-7 1750420860.25` + "\n" + endLine + "\n")
	f.Add(Volume.Metric() + `{token="a",source="b"} 7 1750420860` + "\n" + MarketCap.Metric() + `{token="a",source="b"} 7 1750420860` + "\n" + endLine)
	f.Add(Price.Metric() + `{token="`)
	f.Add(Price.Metric() + `{token="\`)
	f.Fuzz(func(t *testing.T, text string) {
		samples, err := read(text)
		if err != nil {
			return
		}
		var again bytes.Buffer
		if _, err := Write(&again, all(samples)); err != nil {
			t.Fatal(err)
		}
		got, err := read(again.String())
		if err != nil || len(got) != len(samples) {
			t.Fatalf("%d samples were read, %d when written again, %v", len(samples), len(got), err)
		}
	})
}
