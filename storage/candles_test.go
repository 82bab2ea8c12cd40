package storage

import (
	"bytes"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

func genCandle() *rapid.Generator[layers.Candle] {
	return rapid.Custom(func(t *rapid.T) layers.Candle {
		interval := rapid.SampledFrom([]time.Duration{time.Minute, time.Hour, 24 * time.Hour}).Draw(t, "interval")
		c := layers.Candle{
			Token: "bittensor", Source: rapid.SampledFrom([]string{"gate", "kraken"}).Draw(t, "source"),
			Interval: interval, Open: midnight.Add(time.Duration(rapid.IntRange(-50, 50).Draw(t, "open")) * interval),
			OpenPrice: genPrice().Draw(t, "open price"), High: genPrice().Draw(t, "high"), Low: genPrice().Draw(t, "low"),
			Close: genPrice().Draw(t, "close"),
		}
		c.Volume = layers.Decimal{Coefficient: rapid.Int64Range(0, math.MaxInt64).Draw(t, "volume"), Exponent: -8}
		return c
	})
}

func TestCandlesComeBackAsTheyWereFirstGiven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	s := openStore(t, path)
	type key struct {
		source   string
		interval time.Duration
		open     time.Time
	}
	kept := map[key]layers.Candle{}
	rapid.Check(t, func(t *rapid.T) {
		candles := rapid.SliceOfN(genCandle(), 0, 20).Draw(t, "candles")
		before := len(kept)
		for _, c := range candles {
			k := key{c.Source, c.Interval, c.Open}
			if _, ok := kept[k]; !ok {
				kept[k] = c
			}
		}
		if added, err := s.AppendCandles(candles); err != nil || added != len(kept)-before {
			t.Fatalf("added %d, want %d, error %v", added, len(kept)-before, err)
		}
		span := genSpan().Draw(t, "span")
		for _, interval := range []time.Duration{time.Minute, time.Hour, 24 * time.Hour} {
			var want, got []layers.Candle
			for n := -50; n <= 50; n++ {
				open := midnight.Add(time.Duration(n) * interval)
				if c, ok := kept[key{"kraken", interval, open}]; ok && span.Contains(open) {
					want = append(want, c)
				}
			}
			for c, err := range s.Candles("bittensor", "kraken", interval, span) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, c)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%v in %v:\n%s", interval, span, diff)
			}
		}
	})
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
}

// Three months of a candle a day: the value of one month is lost, another, or an older one.
func TestMissingForeignAndOlderCandlesAreFoundOutByReadingAndByScrubbing(t *testing.T) {
	key, other := candleKey(1, Hours.spanOf(midnight.UnixMilli())), candleKey(1, Hours.spanOf(midnight.AddDate(0, 1, 0).UnixMilli()))
	changes := map[string]func(b *bbolt.Bucket, before []byte) error{
		"missing": func(b *bbolt.Bucket, _ []byte) error { return b.Delete(key) },
		"foreign": func(b *bbolt.Bucket, _ []byte) error { return b.Put(key, bytes.Clone(b.Get(other))) },
		"older":   func(b *bbolt.Bucket, before []byte) error { return b.Put(key, before) },
	}
	for what, change := range changes {
		s := newStore(t)
		mustAppendCandles(t, s, dailyCandles(0, 5)...)
		before := bucketOf(t, s, bucketCandles)[string(key)]
		mustAppendCandles(t, s, dailyCandles(0, 90)...)
		if err := s.db.Update(func(tx *bbolt.Tx) error { return change(tx.Bucket(bucketCandles), before) }); err != nil {
			t.Fatal(err)
		}
		inMonth := 0
		for _, c := range dailyCandles(0, 90) {
			if Hours.spanOf(c.Open.UnixMilli()) == spanOfCandles(key) {
				inMonth++
			}
		}
		found, faults := 0, 0
		for _, err := range s.Candles("bittensor", "kraken", day, layers.Span{}) {
			if errors.Is(err, ErrDamaged) {
				faults++
			} else {
				found++
			}
		}
		if found != 90-inMonth || faults != 1 {
			t.Errorf("%s: %d candles, want %d; %d errors, want 1", what, found, 90-inMonth, faults)
		}
		report, err := s.Scrub(t.Context(), 0)
		if want := []string{place(bucketCandles, key)}; err != nil || !slices.Equal(report.Damaged, want) {
			t.Errorf("%s: scrub found %v, error %v, want %v", what, report.Damaged, err, want)
		}
	}
}

func TestCandlesOutliveTheirManifest(t *testing.T) {
	s := newStore(t)
	mustAppendCandles(t, s, dailyCandles(0, 60)...)
	spoil(t, s, bucketManifest, manifestKey(ofCandles, 1))
	mustAppendCandles(t, s, dailyCandles(50, 20)...) // writes it anew
	found := 0
	for _, err := range s.Candles("bittensor", "kraken", day, layers.Span{}) {
		if err != nil {
			t.Fatal(err)
		}
		found++
	}
	if found != 70 || s.Stats().Damaged != 1 {
		t.Errorf("%d candles, want 70; damaged %q", found, s.Stats().DamagedNames)
	}
	if report, err := s.Scrub(t.Context(), 0); err != nil || len(report.Damaged) > 0 {
		t.Errorf("scrub found %v, error %v", report.Damaged, err)
	}
}

// dailyCandles makes candles of days, counted from the day of midnight.
func dailyCandles(from, count int) []layers.Candle {
	one := layers.Decimal{Coefficient: 1}
	candles := make([]layers.Candle, count)
	for i := range candles {
		candles[i] = layers.Candle{Token: "bittensor", Source: "kraken", Open: midnight.AddDate(0, 0, from+i), Interval: day,
			OpenPrice: one, High: one, Low: one, Close: one}
	}
	return candles
}

func mustAppendCandles(t *testing.T, s *Store, candles ...layers.Candle) {
	t.Helper()
	if _, err := s.AppendCandles(candles); err != nil {
		t.Fatal(err)
	}
}

func TestACandleThatCannotBeKeptIsRefusedWithAllOthers(t *testing.T) {
	s, one := newStore(t), layers.Decimal{Coefficient: 1}
	good := layers.Candle{Token: "bittensor", Source: "kraken", Open: midnight, Interval: time.Hour, OpenPrice: one, High: one, Low: one, Close: one}
	for what, spoil := range map[string]func(c *layers.Candle){
		"token":    func(c *layers.Candle) { c.Token = "" },
		"source":   func(c *layers.Candle) { c.Source = "" },
		"interval": func(c *layers.Candle) { c.Interval = 0 },
		"low":      func(c *layers.Candle) { c.Low = layers.Decimal{} },
		"volume":   func(c *layers.Candle) { c.Volume.Coefficient = -1 },
		"open":     func(c *layers.Candle) { c.Open = time.Time{} },
	} {
		bad := good
		spoil(&bad)
		if added, err := s.AppendCandles([]layers.Candle{good, bad}); !errors.Is(err, ErrCandle) || added != 0 {
			t.Errorf("%s: added %d, error %v", what, added, err)
		}
	}
	for range s.Candles("bittensor", "kraken", time.Hour, layers.Span{}) {
		t.Fatal("something was kept")
	}
}
