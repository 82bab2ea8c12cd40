package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"strata/cmd/strata/internal/market"
)

// everyFive is a configuration with a cycle every five seconds, which only those sources can follow
// that allow it, and without a past.
const everyFive = "collector: {schedule: '@every 5s', deadline: 4s}\nbackfill: {enabled: false}\n"

// One source says half as much again of everything, one takes every call and never answers,
// one refuses every call: no wrong price is stored, no cycle is late, nobody is asked more
// often than allowed, and whoever asks why is told.
func TestFirstStartWithALyingAHangingAndARefusingSource(t *testing.T) {
	if *firstStart == 0 {
		return
	}
	const cycles = 36
	town := openMarket(t)
	misbehave(town)
	path := filepath.Join(t.TempDir(), "strata.db")
	p := start(t, "serve", "--config.file", configAt(t, town, everyFive), "--storage.path", path)
	p.await(cycles*5*time.Second+time.Minute, "three minutes of cycles", seldom(func() bool { return len(p.finished()) >= cycles }))
	checkOnTime(t, p)
	checkExplained(t, p)
	measured(t, p, town, path, "three minutes")
	p.stop()
	checkTold(t, town, path, p.cycles())
	checkLeftAlone(t, town, cycles)
	checkVerified(t)
}

// checkLeftAlone wants those that do not answer to be asked seldom, and nobody else to be asked more
// often than allowed.
func checkLeftAlone(t *testing.T, town *market.Market, cycles int) {
	t.Helper()
	for name, v := range town.Venues() {
		refused := 0
		for _, c := range v.Calls() {
			if c.Status == http.StatusTooManyRequests {
				refused++
			}
		}
		if name != "gate" && refused > 0 {
			t.Errorf("%s refused %d calls", name, refused)
		}
	}
	for _, ill := range []string{"gate", "kraken"} {
		if calls := len(town.Venue(ill).Calls()); calls == 0 || calls > cycles/3 {
			t.Errorf("%s, which does not answer, was called %d times in %d cycles", ill, calls, cycles)
		}
	}
}

func misbehave(town *market.Market) {
	town.Venue("okx").Behave(market.Lying)
	town.Venue("kraken").Behave(market.Hanging)
	town.Venue("gate").Behave(market.Refusing)
}

// checkOnTime wants a cycle every five seconds, none left out.
func checkOnTime(t *testing.T, p *process) {
	t.Helper()
	cycles, jitter := p.finished(), 4*time.Second // of a machine with more to do
	if *strict {
		jitter = time.Second
	}
	for i := 2; i < len(cycles); i++ { // the very first is out of turn
		if apart := cycles[i].At.Sub(cycles[i-1].At); (apart - 5*time.Second).Abs() > jitter {
			t.Errorf("cycle %d came %s after the one before", i, apart)
		}
	}
	var answer struct {
		Collector struct {
			Cycles, Failed, Skipped uint64
			LastDurationSeconds     float64 `json:"last_duration_seconds"`
		} `json:"collector"`
	}
	if err := json.Unmarshal([]byte(p.get("/api/v1/status")), &answer); err != nil {
		t.Fatal(err)
	}
	if c := answer.Collector; c.Skipped > 0 || c.Failed > 0 || c.LastDurationSeconds > 5 {
		t.Errorf("%+v", c)
	}
	t.Logf("%+v", answer.Collector)
}

// checkExplained wants to be told why the liar does not count, and who did not answer.
func checkExplained(t *testing.T, p *process) {
	t.Helper()
	var answer struct {
		Explanation struct {
			Cycle struct {
				Down   []string `json:"down"`
				Quotes []struct {
					Source, Verdict, Reason, Detail string
				} `json:"quotes"`
			} `json:"cycle"`
		} `json:"explanation"`
	}
	if err := json.Unmarshal([]byte(p.get("/api/v1/tokens/bitcoin?explain=1")), &answer); err != nil {
		t.Fatal(err)
	}
	cycle := answer.Explanation.Cycle
	if !slices.Contains(cycle.Down, "gate") || !slices.Contains(cycle.Down, "kraken") {
		t.Errorf("down are %v", cycle.Down)
	}
	for _, q := range cycle.Quotes {
		t.Logf("%s: %s %s %s", q.Source, q.Verdict, q.Reason, q.Detail)
		if liar := q.Source == "okx"; liar != (q.Reason == "outlier") {
			t.Errorf("%+v", q)
		}
	}
}

// checkVerified wants strata verify to say who is wrong.
func checkVerified(t *testing.T) {
	t.Helper()
	town := openMarket(t)
	misbehave(town)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "verify", "--config.file", configAt(t, town, ""))
	cmd.Env = append(os.Environ(), asCommand+"=1", "XDG_STATE_HOME="+t.TempDir())
	text, err := cmd.CombinedOutput()
	t.Log(string(text[:min(len(text), 400)]), err)
	if err == nil || strings.Count(string(text), "okx") < len(town.Venue("okx").Listings()) {
		t.Errorf("verify (%v) does not name the liar's %d listings", err, len(town.Venue("okx").Listings()))
	}
}

// A source that lies about the past is found out by the next one that knows it: what it
// told is named, in the log and to whoever asks, and it has no say in the price of now.
func TestFirstStartFindsOutWhoLiesAboutThePast(t *testing.T) {
	if *firstStart == 0 {
		return
	}
	town := openMarket(t)
	town.Venue("okx").Behave(market.Lying)
	// Without those that are slow, and without those that would be asked before the liar.
	file := configAt(t, town, "backfill: {days: 30}\n", "coingecko", "defillama", "coinbase", "gate", "kucoin")
	p := start(t, "serve", "--config.file", file, "--storage.path", filepath.Join(t.TempDir(), "strata.db"))
	var want []string // what somebody else knows as well
	for _, l := range town.Venue("okx").Listings() {
		_, kraken := town.Venue("kraken").Symbol(l.Token)
		_, binance := town.Venue("binance").Symbol(l.Token)
		if kraken || binance {
			want = append(want, l.Token)
		}
	}
	p.await(10*time.Minute, "the past, compared", seldom(func() bool { return p.ready() && len(p.backfilled().Differ) >= len(want) }))
	if status := p.backfilled(); !slices.Equal(status.Differ, want) {
		t.Errorf("%v differ, want %v", status.Differ, want)
	}
}
