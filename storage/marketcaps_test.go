package storage

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// TestMarketCapsAreTheLastOfEveryHourWithoutThePrice: an hour ends with its full hour.
func TestMarketCapsAreTheLastOfEveryHourWithoutThePrice(t *testing.T) {
	s := newStore(t)
	told := func(after time.Duration, marketCap string) layers.Sample {
		of := sample("bittensor", "coingecko", midnight.Add(after), "316.42")
		of.MarketCap = sample("", "", time.Time{}, marketCap).Price
		return of
	}
	mustAppend(t, s, told(-2*time.Minute, "2500000000"))
	mustAppend(t, s, told(0, "2510000000"))
	mustAppend(t, s, sample("bittensor", "kraken", midnight.Add(time.Minute), "316.40"))
	mustAppend(t, s, told(time.Minute, "2520000000"))
	want := []layers.Sample{told(0, "2510000000"), told(time.Minute, "2520000000")}
	var got []layers.Sample
	for of, err := range s.MarketCaps("bittensor", layers.Span{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, of)
	}
	for i := range want {
		want[i].Price = layers.Decimal{}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
