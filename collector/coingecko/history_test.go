package coingecko

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"strata/collector"
	"strata/layers"
)

func TestTheSpanDecidesHowFineAHistoryIs(t *testing.T) {
	now := time.Date(2026, 5, 18, 8, 30, 0, 0, time.UTC)
	ago := func(from, to time.Duration) layers.Span { return layers.Span{From: now.Add(-from), To: now.Add(-to)} }
	for name, test := range map[string]struct {
		interval time.Duration
		span     layers.Span
		want     string
	}{
		"the last hour, fine":              {fine, ago(time.Hour, 0), "?days=1&vs_currency=usd"},
		"a night, fine":                    {fine, ago(20*time.Hour, 12*time.Hour), "?days=1&vs_currency=usd"},
		"the last hour, by the hour":       {time.Hour, ago(time.Hour, 0), "?days=2&vs_currency=usd"},
		"a month up to now":                {time.Hour, ago(30*day, 0), "?days=30&vs_currency=usd"},
		"a month and a minute":             {time.Hour, ago(30*day+time.Minute, time.Minute), "?days=31&vs_currency=usd"},
		"90 days up to now":                {time.Hour, ago(90*day, 0), "?days=90&vs_currency=usd"},
		"90 days that ended an hour ago":   {time.Hour, ago(90*day+time.Hour, time.Hour), "/range?from=1771313400&to=1779089400&vs_currency=usd"},
		"a week long ago":                  {time.Hour, ago(200*day, 193*day), "/range?from=1761813000&to=1762417800&vs_currency=usd"},
		"the oldest hours, but for one":    {time.Hour, ago(365*day, 275*day), "/range?from=1747560600&to=1755333000&vs_currency=usd"},
		"a year by the day":                {day, ago(365*day, 0), "?days=365&vs_currency=usd"},
		"a week by the day, some time ago": {day, ago(40*day, 33*day), "?days=365&vs_currency=usd"},
	} {
		path, query := historyRequest(listing("ocean-protocol", "ocean-protocol"), test.interval, test.span, now)
		if got := path + "?" + query.Encode(); got != "/coins/ocean-protocol/market_chart"+test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

func TestAHistoryIsAskedForByIDAndBelongsToItsToken(t *testing.T) {
	now := time.Date(2021, 5, 15, 15, 0, 0, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.String(); got != "/coins/render-token/market_chart?days=30&vs_currency=usd" {
			t.Errorf("asked for %s", got)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(recorded(t, "market-chart.json"))
	}))
	defer server.Close()
	client := New(Options{BaseURL: server.URL, Now: func() time.Time { return now }})
	span := layers.Span{From: now.Add(-30 * day), To: now}
	past, err := client.History(t.Context(), []layers.Listing{listing("render", "render-token")}, time.Hour, span)
	// The recording has a point for every midnight, of which 30 lie in the span, and
	// one for a moment before now.
	if err != nil || len(past.Samples) != 31 || past.Currency != collector.USD || len(past.Missing) != 0 {
		t.Fatalf("%d samples in %q, missing %v, %v", len(past.Samples), past.Currency, past.Missing, err)
	}
	for _, s := range past.Samples {
		if s.Token != "render" || s.Source != Name || !span.Contains(s.Time) || !s.Volume.IsPositive() || !s.MarketCap.IsPositive() {
			t.Errorf("%+v", s)
		}
	}
	before := layers.Span{From: now.Add(-300 * day), To: now.Add(-290 * day)}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Write([]byte(`{"prices":[],"market_caps":[],"total_volumes":[]}`))
	})
	past, err = client.History(t.Context(), []layers.Listing{listing("render", "render-token")}, time.Hour, before)
	if err != nil || len(past.Samples) != 0 || len(past.Missing) != 1 || past.Missing[0].Token != "render" {
		t.Errorf("a span without a price: %+v, %v", past, err)
	}
}

func TestTheOfficialRangeComesWithVolumesAndMarketValues(t *testing.T) {
	samples, err := decodeHistory(recorded(t, "market-chart-5m.json"), "bitcoin", layers.Span{})
	if err != nil {
		t.Fatal(err)
	}
	want := []layers.Sample{
		{Token: "bitcoin", Source: Name, Time: time.UnixMilli(1779027899041).UTC(), Price: decimal(t, "77953.8255"),
			MarketCap: decimal(t, "1560631500000"), Volume: decimal(t, "18688432000")},
		{Token: "bitcoin", Source: Name, Time: time.UnixMilli(1779028199661).UTC(), Price: decimal(t, "78052.87543"),
			MarketCap: decimal(t, "1562027300000"), Volume: decimal(t, "18974829000")},
	}
	if diff := cmp.Diff(want, samples, cmp.Comparer(func(a, b layers.Decimal) bool { return a.Cmp(b) == 0 })); diff != "" {
		t.Error(diff)
	}
}

func TestARangeByTheDayEndsWithALivePoint(t *testing.T) {
	midnight := time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)
	samples, err := decodeHistory(recorded(t, "market-chart-range.json"), "ethereum", layers.Span{From: midnight, To: midnight.Add(2 * day)})
	if err != nil || len(samples) != 3 {
		t.Fatalf("%v, %v", samples, err)
	}
	for i, want := range []string{"69702.30875 16408802000 1370247500000", "71246.95144 19723006000 1401370200000", "68887.74952 30137418000 1355702000000"} {
		if got := fmt.Sprint(samples[i].Price, " ", samples[i].Volume, " ", samples[i].MarketCap); got != want {
			t.Errorf("point %d: %s, want %s", i, got, want)
		}
	}
	if live := samples[2].Time; !live.Equal(time.Date(2024, 4, 1, 15, 1, 22, 0, time.UTC)) || !samples[1].Time.Equal(midnight.Add(day)) {
		t.Errorf("the points are of %s and %s", samples[1].Time, live)
	}
}

func TestAmountsBelongToThePriceOfTheirTimeOrToNone(t *testing.T) {
	body := `{"prices":[[1000,1],[2000,2],[3000,3]],"market_caps":[[2000,20],[9000,90],"x"],"total_volumes":[[1000,null],[3000,-1],[2000,200,1]]}`
	samples, err := decodeHistory([]byte(body), "bitcoin", layers.Span{})
	if err != nil || len(samples) != 3 {
		t.Fatalf("%v, %v", samples, err)
	}
	for i, want := range []string{"0", "20", "0"} {
		if samples[i].MarketCap.String() != want || samples[i].Volume.IsPositive() {
			t.Errorf("point %d: %+v", i, samples[i])
		}
	}
}

func TestTheRecordedHistoryIsReadToTheLastDigitKept(t *testing.T) {
	samples, err := decodeHistory(recorded(t, "market-chart.json"), "bitcoin", layers.Span{})
	if err != nil || len(samples) != 91 {
		t.Fatalf("%d samples, %v, want 91", len(samples), err)
	}
	first := layers.Sample{Token: "bitcoin", Source: Name, Time: time.Date(2021, 2, 15, 0, 0, 0, 0, time.UTC), Price: decimal(t, "48607.87452")}
	last := layers.Sample{Token: "bitcoin", Source: Name, Time: time.UnixMilli(1621089594000).UTC(), Price: decimal(t, "49078.8304")}
	amounts := cmpopts.IgnoreFields(layers.Sample{}, "Volume", "MarketCap")
	if diff := cmp.Diff([]layers.Sample{first, last}, []layers.Sample{samples[0], samples[90]}, amounts); diff != "" {
		t.Error(diff)
	}
}

func TestAHistoryIsPutInOrderAndRidOfHoles(t *testing.T) {
	body := `{"prices":[[1000,1.5],[2000,null],[4000,4],[3000,3],[4000,9],[5000,0],[6000,-1],[null,7]],"market_caps":[],"total_volumes":[]}`
	samples, err := decodeHistory([]byte(body), "bitcoin", layers.Span{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range samples {
		got = append(got, s.Time.Format("05")+" "+s.Price.String())
	}
	if diff := cmp.Diff([]string{"01 1.5", "03 3", "04 4"}, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMalformedPointSpoilsAHistory(t *testing.T) {
	for _, body := range []string{
		`{"prices":[[1000,"1.5"]]}`, `{"prices":[[1000]]}`, `{"prices":[[1000,1,2]]}`, `{"prices":[1000,1]}`,
		`{"prices":{"1000":1}}`, `{"prices":null}`, `{"market_caps":[]}`, `{"prices":[["1000",1]]}`, `{"prices":[],"Prices":[]}`,
	} {
		if samples, err := decodeHistory([]byte(body), "bitcoin", layers.Span{}); err == nil {
			t.Errorf("%s gives %v, want an error", body, samples)
		}
	}
}

func FuzzDecodeHistory(f *testing.F) {
	f.Add(recorded(f, "market-chart-5m.json"))
	f.Add([]byte(`{"prices":[[2,1],[1,1],[1,0]]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		samples, err := decodeHistory(body, "bitcoin", layers.Span{})
		for i, s := range samples {
			if err != nil || !s.Price.IsPositive() || i > 0 && !s.Time.After(samples[i-1].Time) {
				t.Errorf("sample %d of %v, %v", i, samples, err)
			}
		}
	})
}
