package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"strata/cmd/strata/internal/market"
	"strata/layers"
	"strata/metrics"
)

// The first start takes minutes, because it is held back by what the sources allow: it is
// for .ci/firststart, not for every run of the tests.
var firstStart = flag.Duration("firststart", 0, "for how long a new database is filled before the process is killed, and after; 0 for not at all")

// firstStartLatency is how long an answer takes: far away, with TLS, and to think.
var firstStartLatency = flag.Duration("firststart.latency", 300*time.Millisecond, "how long the sources take for each answer")

// promised is how long after the first start all layers have all numbers.
const promised = 2 * time.Minute

// What somebody sees who starts strata for the first time, with the network up: all four
// layers in all windows within two minutes, and the rest of a year after that, without ever
// asking a source more than it allows. A kill in between costs nothing that was done, and
// everything that is stored is what the sources told.
func TestFirstStartFillsAYearAndSurvivesAKill(t *testing.T) {
	if *firstStart == 0 {
		return
	}
	town := openMarket(t)
	file := configAt(t, town, "")
	path := filepath.Join(t.TempDir(), "strata.db")
	p := start(t, "serve", "--config.file", file, "--storage.path", path)
	p.awaitLayers(promised)
	measured(t, p, town, path, "all layers")
	p.progresses(*firstStart)
	measured(t, p, town, path, "before the kill")
	p.kill()
	cycles := p.cycles()
	before := asked(town)
	p = start(t, "serve", "--config.file", file, "--storage.path", path)
	took := p.await(time.Minute, "readiness", p.ready)
	t.Logf("ready %.1f s after the kill", took.Seconds())
	p.progresses(*firstStart)
	measured(t, p, town, path, "after the kill")
	p.stop()
	checkAskedOnce(t, before, asked(town))
	checkNeverRefused(t, town)
	checkTold(t, town, path, append(cycles, p.cycles()...))
	checkWhole(t, path)
}

func openMarket(t *testing.T) *market.Market {
	t.Helper()
	catalogue, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	town, err := market.Open(catalogue, 20261123, *firstStartLatency)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = town.Close() })
	return town
}

// configAt writes a configuration by which the sources of a market are asked, but for some.
func configAt(t *testing.T, town *market.Market, more string, off ...string) string {
	t.Helper()
	var text strings.Builder
	text.WriteString(more + "sources:\n")
	for _, name := range slices.Sorted(maps.Keys(town.Venues())) {
		fmt.Fprintf(&text, "  %s: {base_url: '%s', enabled: %v}\n", name, town.Venue(name).URL, !slices.Contains(off, name))
	}
	file := filepath.Join(t.TempDir(), "strata.yaml")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// awaitLayers waits until all layers have all their volatilities, on /metrics and over HTTP.
func (p *process) awaitLayers(limit time.Duration) {
	p.t.Helper()
	published := regexp.MustCompile(`(?m)^strata_layer_volatility_ratio\{layer="\w+",window="(\w+)"\} \S+$`)
	windows := map[string]time.Duration{}
	begin := time.Now()
	deadline := begin.Add(limit)
	p.await(2*limit, "twelve layer volatilities", seldom(func() bool {
		if !p.ready() {
			return false
		}
		count := map[string]int{}
		for _, found := range published.FindAllStringSubmatch(p.get("/metrics"), -1) {
			count[found[1]]++
		}
		for window, n := range count {
			if _, known := windows[window]; n == len(stack) && !known {
				windows[window] = time.Since(begin)
			}
		}
		return len(windows) == 3
	}))
	p.t.Logf("all layers have their 24h after %.1f s, 7d after %.1f s, 30d after %.1f s", windows["24h"].Seconds(), windows["7d"].Seconds(), windows["30d"].Seconds())
	if late := time.Since(deadline); late > 0 {
		p.t.Errorf("all numbers were there %s too late", late)
	}
	for _, layer := range stack {
		for window := range windows {
			if answer := volatilityOf(p.t, p, layer, window); answer.Volatility == nil || answer.Status != "ok" {
				p.t.Errorf("%s %s: %+v", layer, window, answer)
			}
		}
	}
}

// seldom asks twice a second, so that asking costs the process next to nothing.
func seldom(ok func() bool) func() bool {
	var asked time.Time
	return func() bool {
		if time.Since(asked) < 500*time.Millisecond {
			return false
		}
		asked = time.Now()
		return ok()
	}
}

// backfilled is what the process says of its backfill.
func (p *process) backfilled() metrics.BackfillStatus {
	p.t.Helper()
	var answer struct {
		Backfill metrics.BackfillStatus `json:"backfill"`
	}
	if err := json.Unmarshal([]byte(p.get("/api/v1/status")), &answer); err != nil {
		p.t.Fatal(err)
	}
	return answer.Backfill
}

// progresses waits for so long, or until all is done, and wants more chunks to be done then.
func (p *process) progresses(patience time.Duration) {
	p.t.Helper()
	before, begin := p.backfilled(), time.Now()
	p.await(patience+time.Minute, "time", seldom(func() bool { return time.Since(begin) > patience || !p.backfilled().Finished.IsZero() }))
	after := p.backfilled()
	p.t.Logf("chunks done %d, then %d; %d of %d in this run", before.Ledger["done"], after.Ledger["done"], after.Done, after.Total)
	if after.Running && after.Ledger["done"] <= before.Ledger["done"] {
		p.t.Errorf("no chunk in %s: %+v", patience, after)
	}
}
