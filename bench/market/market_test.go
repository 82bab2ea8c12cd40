package market_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"strata/bench/market"
	"strata/layers"
)

// prices collects the price of every token, cycle by cycle.
func prices(h market.History) (all [][]layers.Decimal, times []time.Time) {
	all = make([][]layers.Decimal, len(h.Tokens))
	for cycle := range h.Walk() {
		times = append(times, cycle[0].Time)
		for i, sample := range cycle {
			all[i] = append(all[i], sample.Price)
		}
	}
	return all, times
}

func TestGeneratedPricesAreWhatTheirDescriptionSays(t *testing.T) {
	all, _ := prices(market.Generated(400, 2000, 0))
	var zero, returns int
	for _, series := range all {
		if n := len(series[0].String()); series[0].Coefficient < 1000 || series[0].Coefficient > 1_000_000 {
			t.Errorf("first price %s (%d characters) has not 4 to 6 significant digits", series[0], n)
		}
		var squares float64
		for i := 1; i < len(series); i++ {
			r := math.Log(series[i].Float64() / series[i-1].Float64())
			squares += r * r
			returns++
			if r == 0 {
				zero++
			}
		}
		// Untraded minutes take the root of 0.84 off; rounding to ticks adds a little.
		if sd := math.Sqrt(squares / float64(len(series)-1)); sd < 0.0005 || sd > 0.002 {
			t.Errorf("standard deviation of a minute is %.5f, want 0.0006 to 0.0018", sd)
		}
	}
	if share := float64(zero) / float64(returns); share < 0.22 || share > 0.28 {
		t.Errorf("%.3f of returns are zero, want a quarter", share)
	}
}

func TestJitterMovesACycleByAtMostItsReach(t *testing.T) {
	_, times := prices(market.Generated(1, 5000, 5*time.Second))
	var farthest time.Duration
	for i, at := range times {
		minute := times[0].Round(time.Minute).Add(time.Duration(i) * time.Minute)
		farthest = max(farthest, at.Sub(minute).Abs())
	}
	if farthest > 5*time.Second || farthest < 4900*time.Millisecond {
		t.Errorf("farthest cycle is %s from its minute, want just under 5s", farthest)
	}
}

func TestEveryWalkGivesTheSame(t *testing.T) {
	h := market.Generated(3, 100, time.Second)
	first, firstTimes := prices(h)
	again, againTimes := prices(h)
	for i := range first {
		for n := range first[i] {
			if first[i][n] != again[i][n] || !firstTimes[n].Equal(againTimes[n]) {
				t.Fatalf("token %d, cycle %d: %s, then %s", i, n, first[i][n], again[i][n])
			}
		}
	}
}

// The expected figures were read off the source's own files.
func TestRecordedMinutesAreThoseOfTheExchange(t *testing.T) {
	h, err := market.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	all, times := prices(h)
	if len(h.Tokens) != 23 || h.Cycles != 8641 || len(times) != 8641 {
		t.Fatalf("%d tokens, %d cycles, %d walked", len(h.Tokens), h.Cycles, len(times))
	}
	if want := time.Date(2025, 6, 16, 21, 1, 0, 0, time.UTC); !times[0].Equal(want) {
		t.Errorf("first close at %s, want %s", times[0], want)
	}
	for i, token := range h.Tokens {
		if want, ok := map[string]string{"tao": "297.27", "btc": "99394.50", "flux": "0.1706000"}[token]; ok {
			if got := all[i][8640].String(); got != want {
				t.Errorf("last close of %s is %s, want %s", token, got, want)
			}
		}
	}
}

func TestAFolderOfBarsGivesTheirClosesWhenTheyClose(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "venue_TAO_1m.csv", "timestamp,open,high,low,close,volume\n60,1,1,1,1.50,0\n120,1,1,1,1.60,0\n")
	write(t, dir, "venue_AKT_1m.csv", "timestamp,open,high,low,close,volume\n60,1,1,1,2,0\n120,1,1,1,3,0\n")
	h, err := market.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	all, times := prices(h)
	if h.Tokens[1] != "venue_tao" || all[1][1].String() != "1.60" || times[1].Unix() != 180 {
		t.Errorf("second close of %s is %s at %d, want venue_tao 1.60 at 180", h.Tokens[1], all[1][1], times[1].Unix())
	}
	write(t, dir, "venue_GLM_1m.csv", "timestamp,close\n60,2\n180,3\n")
	if _, err := market.Folder(dir); err == nil {
		t.Error("a file with a missing minute was taken")
	}
}

func TestTheHeadOfAHistoryEndsEarly(t *testing.T) {
	h := market.Generated(2, 50, 0).Head(7)
	if _, times := prices(h); len(times) != 7 || h.Cycles != 7 {
		t.Errorf("%d cycles walked, %d said, want 7", len(times), h.Cycles)
	}
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
