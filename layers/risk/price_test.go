package risk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

func decimal(t *testing.T, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheMedianPriceIsExact(t *testing.T) {
	for _, tc := range []struct {
		prices []string
		want   string
	}{
		{[]string{"0.7070"}, "0.7070"},
		{[]string{"3", "1", "2"}, "2"},
		{[]string{"1.5", "1.25"}, "1.375"},
		{[]string{"0.70", "0.7"}, "0.70"},
		{[]string{"100", "0.000001"}, "50.0000005"},
		{[]string{"9", "1", "100", "4"}, "6.5"},
		{[]string{"1e9", "1e-12"}, "0.000000000001"},                                 // 22 digits: the lower
		{[]string{"999999999999999998", "999999999999999999"}, "999999999999999998"}, // 19 digits: the lower
		{[]string{"999999999999999997", "999999999999999999"}, "999999999999999998"},
	} {
		var prices []layers.Decimal
		for _, p := range tc.prices {
			prices = append(prices, decimal(t, p))
		}
		if got := MedianPrice(prices).String(); got != tc.want {
			t.Errorf("median of %v: got %s, want %s", tc.prices, got, tc.want)
		}
	}
}

// TestAPriceIsTheMedianOfTheFreshAndAsOldAsTheOldestOfThem asks three sources of
// which one is too old.
func TestAPriceIsTheMedianOfTheFreshAndAsOldAsTheOldestOfThem(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	at := func(ago time.Duration) time.Time { return noon.Add(-ago) }
	quote := func(source string, ago time.Duration, price string) layers.Sample {
		return layers.Sample{Token: "aaa", Source: source, Time: at(ago), Price: decimal(t, price)}
	}
	e.Observe(
		quote("kraken", 40*time.Minute, "1.00"), quote("kraken", 3*time.Minute, "1.00"), quote("kraken", 5*time.Minute, "1.00"),
		quote("coinbase", 20*time.Minute, "1.03"), quote("coinbase", 10*time.Minute, "1.01"),
		quote("gate", 11*time.Minute, "9.99"),
	)
	got, _ := e.Snapshot(noon).Price("aaa")
	want := &TokenPrice{
		Token: "aaa", Price: decimal(t, "1.005"), Known: true,
		Time: at(10 * time.Minute), LastSample: at(3 * time.Minute), LastChange: at(10 * time.Minute),
		Sources: []SourcePrice{
			{Source: "coinbase", Price: decimal(t, "1.01"), Time: at(10 * time.Minute), LastChange: at(10 * time.Minute), Fresh: true},
			{Source: "gate", Price: decimal(t, "9.99"), Time: at(11 * time.Minute), LastChange: at(11 * time.Minute)},
			{Source: "kraken", Price: decimal(t, "1.00"), Time: at(3 * time.Minute), LastChange: at(40 * time.Minute), Fresh: true},
		},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestAPriceThatNobodyQuotesAnyMoreIsAbsent(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	e.Observe(layers.Sample{Token: "aaa", Source: "one", Time: noon, Price: decimal(t, "2")})
	if p, _ := e.Snapshot(noon.Add(10 * time.Minute)).Price("aaa"); !p.Known {
		t.Errorf("a quote of ten minutes is fresh: %s", p.Reason)
	}
	p, _ := e.Snapshot(noon.Add(10*time.Minute + time.Second)).Price("aaa")
	if want := "newest sample is 10m1s old, limit 10m0s"; p.Known || p.Reason != want || !p.LastSample.Equal(noon) {
		t.Errorf("got %+v, want reason %q", p, want)
	}
	if p, _ := e.Snapshot(noon.AddDate(0, 0, 40)).Price("aaa"); p.Reason != "no sample in the last 30 days" || len(p.Sources) != 0 {
		t.Errorf("a source that fell silent 40 days ago is still remembered: %+v", p)
	}
}

func TestAPriceThatStandsKeepsTheTimeOfItsLastChange(t *testing.T) {
	e := NewEngine(threeAndOne(t))
	e.Observe(quotes("aaa", "one", noon.Add(-time.Hour), noon, time.Minute, walk(1))...)
	last, _ := e.Snapshot(noon).Price("aaa")
	for minute := range 3000 {
		at := noon.Add(time.Duration(minute) * time.Minute)
		e.Observe(layers.Sample{Token: "aaa", Source: "one", Time: at, Price: last.Price})
		if minute%97 > 0 {
			continue
		}
		if p, _ := e.Snapshot(at).Price("aaa"); !p.LastChange.Equal(noon) || !p.LastSample.Equal(at) {
			t.Fatalf("after %d minutes: last change %v, last sample %v", minute, p.LastChange, p.LastSample)
		}
	}
}
