package recording_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

// bars draws bars of any distance, with prices that mix exponents, as a source does
// that drops trailing zeros.
func bars() *rapid.Generator[[]recording.Bar] {
	return rapid.Custom(func(t *rapid.T) []recording.Bar {
		at := rapid.Int64Range(0, 1<<33).Draw(t, "first")
		scale := rapid.IntRange(-60, 50).Draw(t, "scale")
		drawn := make([]recording.Bar, rapid.IntRange(0, 40).Draw(t, "count"))
		for i := range drawn {
			at += rapid.SampledFrom([]int64{60, 60, 60, 3600, 7}).Draw(t, "step")
			drawn[i] = recording.Bar{Close: at, Price: layers.Decimal{
				Coefficient: rapid.Int64Range(1, 1e12).Draw(t, "coefficient"),
				Exponent:    int8(scale + rapid.IntRange(0, 5).Draw(t, "exponent")),
			}}
		}
		return drawn
	})
}

func TestWhatIsEncodedIsDecodedToTheDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := &recording.Recording{Header: recording.Header{Scenario: "s", Start: time.Unix(1750536000, 0).UTC()}}
		for _, token := range []string{"bittensor", "render"} {
			want.Header.Series = append(want.Header.Series, recording.Origin{Token: token, Asset: "X"})
			want.Series = append(want.Series, recording.Series{Token: token, Bars: bars().Draw(t, token)})
		}
		data, err := recording.Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := recording.Decode(data)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want.Series {
			if len(want.Series[i].Bars) == 0 && len(got.Series[i].Bars) == 0 {
				got.Series[i].Bars = want.Series[i].Bars
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("decoded otherwise than encoded (-want +got):\n%s", diff)
		}
	})
}

func TestSeriesThatNobodyRecordedAreRefused(t *testing.T) {
	price := layers.Decimal{Coefficient: 7, Exponent: -1}
	for name, series := range map[string][]recording.Bar{
		"two bars at one time":      {{Close: 60, Price: price}, {Close: 60, Price: price}},
		"time going back":           {{Close: 60, Price: price}, {Close: 0, Price: price}},
		"a price of zero":           {{Close: 60}},
		"a negative price":          {{Close: 60, Price: layers.Decimal{Coefficient: -1}}},
		"prices worlds apart":       {{Close: 60, Price: layers.Decimal{Coefficient: 1, Exponent: -60}}, {Close: 120, Price: price}},
		"a price beyond all digits": {{Close: 60, Price: layers.Decimal{Coefficient: 1e17, Exponent: 3}}, {Close: 120, Price: price}},
	} {
		if _, err := recording.Encode(recordingOf(series...)); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
}

func TestDamageIsNoticed(t *testing.T) {
	var series []recording.Bar
	for i := range int64(200) {
		series = append(series, recording.Bar{Close: 60 * i, Price: layers.Decimal{Coefficient: 1000 + i*i%97, Exponent: -2}})
	}
	data, err := recording.Encode(recordingOf(series...))
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfterN(data, []byte("\n"), 3)
	body := len(data) - len(lines[2])
	for i := body; i < len(data); i++ {
		damaged := bytes.Clone(data)
		damaged[i] ^= 1
		if r, err := recording.Decode(damaged); err == nil && !cmp.Equal(r.Series[0].Bars, series) {
			t.Errorf("byte %d flipped: decoded to other bars", i)
		}
		if _, err := recording.Decode(data[:i]); !errors.Is(err, recording.ErrFormat) {
			t.Errorf("cut at %d: %v, want ErrFormat", i, err)
		}
	}
}

func TestABarCountsFromItsClose(t *testing.T) {
	first, second := recording.Bar{Close: 60, Price: layers.Decimal{Coefficient: 1}}, recording.Bar{Close: 120, Price: layers.Decimal{Coefficient: 2}}
	s := recording.Series{Bars: []recording.Bar{first, second}}
	at := func(seconds int64) time.Time { return time.Unix(seconds, 0) }
	if bar, ok := s.At(at(59)); ok {
		t.Errorf("before the first close: %v", bar)
	}
	for seconds, want := range map[int64]recording.Bar{60: first, 119: first, 120: second, 1e9: second} {
		if got, ok := s.At(at(seconds)); !ok || got != want {
			t.Errorf("at %d: %v %v, want %v", seconds, got, ok, want)
		}
	}
	if got := s.Between(at(60), at(120)); !cmp.Equal(got, []recording.Bar{second}) {
		t.Errorf("Between(60, 120) = %v, want the bar that closed at 120", got)
	}
	if got := s.Between(at(120), at(60)); len(got) != 0 {
		t.Errorf("Between(120, 60) = %v, want nothing", got)
	}
}

// FuzzDecode goes for what lies inside the compression, whose checksum would turn
// away every input otherwise.
func FuzzDecode(f *testing.F) {
	encoder, err := zstd.NewWriter(nil)
	if err != nil {
		f.Fatal(err)
	}
	const header = "strata recording 1\n{\"series\":[{\"token\":\"bittensor\"}]}\n"
	// One run: 60 s apart from 60, two bars, finest exponent -5, tick 100; 0.70700 twice.
	f.Add([]byte{1, 60, 120, 2, 9, 100, 0, 0, 0x86, 0x0b, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := recording.Decode(encoder.EncodeAll(body, []byte(header)))
		if err != nil {
			if !errors.Is(err, recording.ErrFormat) {
				t.Fatalf("%v is not ErrFormat", err)
			}
			return
		}
		series := r.Series[0].Bars
		for i, bar := range series {
			if !bar.Price.IsPositive() || i > 0 && bar.Close <= series[i-1].Close {
				t.Fatalf("bar %d is %v", i, bar)
			}
		}
		again, err := recording.Encode(r)
		if err != nil {
			return // prices too far apart to stand in one run, which nobody recorded
		}
		if same, err := recording.Decode(again); err != nil || !cmp.Equal(r.Series, same.Series) {
			t.Fatalf("a second round gives something else: %v", err)
		}
	})
}

func recordingOf(bars ...recording.Bar) *recording.Recording {
	return &recording.Recording{
		Header: recording.Header{Series: []recording.Origin{{Token: "bittensor"}}},
		Series: []recording.Series{{Token: "bittensor", Bars: bars}},
	}
}
