package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// replay runs a test at recorded start plus some time, at speed 1. Inside it time
// stands still unless the test waits, and it is the year 2000.
func replay(t *testing.T, scenario string, since time.Duration, test func(t *testing.T, d *Demo)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := open(t, scenario, 1)
		<-time.After(since)
		test(t, d)
	})
}

// get asks as a client would and reads the answer into body.
func get(t *testing.T, d *Demo, path string, body any) (status int) {
	t.Helper()
	response := httptest.NewRecorder()
	d.handler().ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	if err := json.Unmarshal(response.Body.Bytes(), body); err != nil {
		t.Fatalf("GET %s: %v: %s", path, err, response.Body)
	}
	return response.Code
}

// text is the answer as it was written.
func text(t *testing.T, d *Demo, path string) (status int, body string) {
	t.Helper()
	var raw json.RawMessage
	status = get(t, d, path, &raw)
	return status, string(raw)
}

func TestSourcesGiveTheRecordedCloseOfNow(t *testing.T) {
	// TAO closed at 309.40 at 21:45, an hour and 45 minutes after the start.
	replay(t, "june-2025", 105*time.Minute+59*time.Second, func(t *testing.T, d *Demo) {
		closed := time.Date(2000, 1, 1, 1, 45, 0, 0, time.UTC)
		var prices map[string]struct {
			USD     json.Number `json:"usd"`
			Updated int64       `json:"last_updated_at"`
		}
		get(t, d, "/coingecko/api/v3/simple/price?ids=bittensor,nobody,%20ocean-protocol&vs_currencies=usd&include_last_updated_at=true&precision=full", &prices)
		if tao := prices["bittensor"]; tao.USD != "309.40" || tao.Updated != closed.Unix() || len(prices) != 2 {
			t.Errorf("CoinGecko: %v", prices)
		}

		var pairs struct {
			Error  []string
			Result map[string]struct {
				C, L, H, V []string
				T          []int
				O          string
			}
		}
		get(t, d, "/kraken/0/public/Ticker?pair=TAO/USD,OCEAN/USD&assetVersion=1", &pairs)
		tao := pairs.Result["TAO/USD"]
		if len(pairs.Error) != 0 || len(pairs.Result) != 2 || tao.C[0] != "309.40" || tao.T[0] != 105 || tao.T[1] != 1440 {
			t.Errorf("Kraken: %+v", pairs)
		}

		var trade struct {
			Price string
			Time  time.Time
		}
		get(t, d, "/coinbase/products/TAO-USD/ticker", &trade)
		if trade.Price != "309.40" || !trade.Time.Equal(closed) {
			t.Errorf("Coinbase: %+v", trade)
		}
	})
}

// chartPoints asks for a chart and checks what holds for every one: recorded
// closes, in the order of time, none in the future.
func chartPoints(t *testing.T, d *Demo, id, days string) (points [][2]json.Number, times []time.Time) {
	t.Helper()
	var c struct{ Prices [][2]json.Number }
	if status := get(t, d, "/coingecko/api/v3/coins/"+id+"/market_chart?vs_currency=usd&days="+days, &c); status != http.StatusOK {
		t.Fatalf("%s, %s days: status %d", id, days, status)
	}
	token, _ := d.Catalogue().Resolve("coingecko", id, d.Now())
	series, _ := d.recording.Find(token.Slug)
	for i, p := range c.Prices {
		ms, err := p[0].Int64()
		if err != nil {
			t.Fatal(err)
		}
		at := time.UnixMilli(ms)
		bar, ok := series.At(d.clock.Recorded(at))
		if !ok || bar.Close != d.clock.Recorded(at).Unix() || bar.Price.String() != p[1].String() {
			t.Errorf("%s, %s days: %s at %s was never recorded", id, days, p[1], at)
		}
		if at.After(d.Now()) || i > 0 && !at.After(times[i-1]) {
			t.Errorf("%s, %s days: point %d is at %s", id, days, i, at)
		}
		times = append(times, at)
	}
	return c.Prices, times
}

func TestAChartOfADayHasAPointEveryFiveMinutesAndOneForNow(t *testing.T) {
	replay(t, "june-2025", 107*time.Minute, func(t *testing.T, d *Demo) {
		_, times := chartPoints(t, d, "bittensor", "1")
		if len(times) != 289 || !times[288].Equal(d.Now()) {
			t.Fatalf("%d points, the last at %s, want 24 h of 12 and one at %s", len(times), times[len(times)-1], d.Now())
		}
		for _, at := range times[:288] {
			if !at.Equal(at.Truncate(5 * time.Minute)) {
				t.Errorf("point at %s", at)
			}
		}
	})
}

func TestALongerChartIsHourlyAndKeepsTheGapsOfTheRecording(t *testing.T) {
	replay(t, "june-2025", 107*time.Minute, func(t *testing.T, d *Demo) {
		for id, want := range map[string]int{
			"bittensor": 30*24 + 1,
			// Recorded from 16 June 21:01, so from the close of 22:00 to that of
			// 21 June 21:00, and now.
			"bio-protocol": 120 + 1,
		} {
			if _, times := chartPoints(t, d, id, "30"); len(times) != want {
				t.Errorf("%s: %d points, want %d", id, len(times), want)
			}
		}
		if points, _ := chartPoints(t, d, "aethir", "90"); points[len(points)-1][1] == points[0][1] {
			t.Error("a chart of 90 days begins and ends with one price")
		}
		if _, times := chartPoints(t, d, "bitcoin", "365"); len(times) < 94 || len(times) > 97 {
			t.Errorf("a year: %d points, want one for each of the 95 recorded days", len(times))
		}
	})
}

func TestARangeIsHourlyAndLiesWithinItsEnds(t *testing.T) {
	replay(t, "june-2025", 107*time.Minute, func(t *testing.T, d *Demo) {
		for _, c := range []struct {
			from, to time.Duration // before now
			want     int
		}{
			{30 * time.Hour, 6 * time.Hour, 24}, // a day, but not the last one
			{50 * time.Hour, 26 * time.Hour, 24},
			{24 * time.Hour, 0, 289},
			{48 * time.Hour, -time.Hour, 49}, // never beyond now
		} {
			from, to := d.Now().Add(-c.from), d.Now().Add(-c.to)
			path := fmt.Sprintf("/coingecko/api/v3/coins/bittensor/market_chart/range?vs_currency=usd&from=%d&to=%d", from.Unix(), to.Unix())
			var chart struct{ Prices [][2]json.Number }
			if status := get(t, d, path, &chart); status != http.StatusOK {
				t.Fatalf("%s: status %d", path, status)
			}
			points := len(chart.Prices)
			if c.to > 0 {
				points-- // the newest close of the hour in which the span ends
			}
			if points != c.want {
				t.Errorf("%s to %s ago: %d points, want %d", c.from, c.to, points, c.want)
			}
			for _, p := range chart.Prices {
				if ms, err := p[0].Int64(); err != nil || time.UnixMilli(ms).Before(from) || time.UnixMilli(ms).After(to) {
					t.Errorf("%s to %s ago: a point at %s", c.from, c.to, p[0])
				}
			}
		}
	})
}

func TestAnHourlyRecordingIsNotFilledWithHeldPrices(t *testing.T) {
	replay(t, "crash-2025", 30*time.Minute, func(t *testing.T, d *Demo) {
		if _, times := chartPoints(t, d, "bittensor", "1"); len(times) != 24 {
			t.Errorf("%d points of the last day, want the 24 that were recorded", len(times))
		}
		if _, body := text(t, d, "/kraken/0/public/Ticker?pair=TAO/USD"); body != `{"error":[],"result":{}}` {
			t.Errorf("half an hour after the last close Kraken says %s", body)
		}
		<-time.After(30*time.Minute + 5*time.Second)
		if _, body := text(t, d, "/kraken/0/public/Ticker?pair=TAO/USD"); !strings.Contains(body, `"TAO/USD"`) {
			t.Errorf("five seconds after a close Kraken says %s", body)
		}
	})
}

func TestErrorsAreThoseOfTheSources(t *testing.T) {
	replay(t, "june-2025", 0, func(t *testing.T, d *Demo) {
		for _, c := range []struct {
			path   string
			status int
			body   string
		}{
			{"/coingecko/api/v3/simple/price?vs_currencies=usd", 422, `{"error":"Missing parameter ids"}`},
			{"/coingecko/api/v3/simple/price?ids=bittensor", 422, `{"error":"Missing parameter vs_currencies"}`},
			{"/coingecko/api/v3/simple/price?ids=bittensor&vs_currencies=eur", 200, `{}`},
			{"/coingecko/api/v3/coins/nobody/market_chart?vs_currency=usd&days=1", 404, `{"error":"coin not found"}`},
			{"/coingecko/api/v3/coins/bittensor/market_chart?days=1", 422, `{"error":"Missing parameter vs_currency"}`},
			{"/coingecko/api/v3/coins/bittensor/market_chart?vs_currency=usd", 422, `{"error":"Missing parameter days"}`},
			{"/coingecko/api/v3/coins/nobody/market_chart/range?vs_currency=usd&from=1&to=2", 404, `{"error":"coin not found"}`},
			{"/coingecko/api/v3/coins/bittensor/market_chart/range?from=1&to=2", 422, `{"error":"Missing parameter vs_currency"}`},
			{"/coingecko/api/v3/coins/bittensor/market_chart/range?vs_currency=usd&to=2", 422, `{"error":"Missing parameter from"}`},
			{"/coingecko/api/v3/coins/bittensor/market_chart/range?vs_currency=usd&from=1&to=now", 422, `{"error":"Missing parameter to"}`},
			{"/kraken/0/public/Ticker?pair=TAO/USD,NO/USD", 200, `{"error":["EQuery:Unknown asset pair"]}`},
			{"/coinbase/products/NO-USD/ticker", 404, `{"message":"NotFound"}`},
		} {
			if status, body := text(t, d, c.path); status != c.status || body != c.body {
				t.Errorf("%s: %d %s, want %d %s", c.path, status, body, c.status, c.body)
			}
		}
		for _, path := range []string{"market_chart?vs_currency=usd&days=366", "market_chart/range?vs_currency=usd&from=0&to=1"} {
			status, body := text(t, d, "/coingecko/api/v3/coins/bittensor/"+path)
			if status != http.StatusUnauthorized || !strings.Contains(body, `"error_code":10012`) {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	})
}

func TestAfterTheEndTheLastPriceKeepsItsTime(t *testing.T) {
	replay(t, "june-2025", 25*time.Hour+10*time.Minute, func(t *testing.T, d *Demo) {
		end := d.Info().ShownTo
		if !d.RecordedNow().Equal(d.Info().RecordedTo) || !end.Equal(time.Date(2000, 1, 2, 1, 0, 0, 0, time.UTC)) {
			t.Fatalf("it is recorded %s, the end is shown as %s", d.RecordedNow(), end)
		}
		var prices map[string]map[string]json.Number
		get(t, d, "/coingecko/api/v3/simple/price?ids=bitcoin&vs_currencies=usd&include_last_updated_at=true", &prices)
		if updated, err := prices["bitcoin"]["last_updated_at"].Int64(); err != nil || updated != end.Unix() {
			t.Errorf("CoinGecko: %v %v, want the time of the end, %d", prices, err, end.Unix())
		}
		var trade struct{ Time time.Time }
		if get(t, d, "/coinbase/products/BTC-USD/ticker", &trade); !trade.Time.Equal(end) {
			t.Errorf("Coinbase: %v", trade)
		}
		if _, body := text(t, d, "/kraken/0/public/Ticker?pair=BTC/USD"); body != `{"error":["EService:Unavailable"]}` {
			t.Errorf("Kraken, whose prices have no time: %s", body)
		}
	})
}

func TestATokenHasNoPriceBeforeItsFirstBar(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := open(t, "ftx-2022", 1)
		// As if it had started before the first recorded minute, with the hour of
		// OCEAN that opened at 1667941200 just closed, at 0.15920000.
		d.clock.offset += 8 * time.Hour
		if _, body := text(t, d, "/coingecko/api/v3/simple/price?ids=bitcoin,ocean-protocol&vs_currencies=usd"); body != `{"ocean-protocol":{"usd":0.15920000}}` {
			t.Errorf("CoinGecko: %s, want the hourly close of OCEAN only", body)
		}
		if status, body := text(t, d, "/coinbase/products/BTC-USD/ticker"); status != http.StatusNotFound {
			t.Errorf("Coinbase: %d %s", status, body)
		}
	})
}
