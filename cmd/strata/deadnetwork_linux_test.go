package main

import (
	"path/filepath"
	"testing"
	"time"

	"strata/cmd/strata/internal/market"
)

// A machine that starts before its network is up has all numbers soon after it is, and has
// not worn anybody out before.
func TestFirstStartBeforeTheNetworkIsUp(t *testing.T) {
	if *firstStart == 0 {
		return
	}
	const dead = 90 * time.Second
	town := openMarket(t)
	for _, v := range town.Venues() {
		v.Behave(market.Gone)
	}
	p := start(t, "serve", "--config.file", configAt(t, town, ""), "--storage.path", filepath.Join(t.TempDir(), "strata.db"))
	begin := time.Now()
	p.await(2*dead, "time", seldom(func() bool { return time.Since(begin) > dead }))
	for name, v := range town.Venues() {
		if calls := len(v.Calls()); calls > 120 {
			t.Errorf("%s was called %d times in %s without a network", name, calls, dead)
		} else {
			t.Logf("%s was called %d times", name, calls)
		}
		v.Behave(market.Honest)
	}
	if p.ready() {
		t.Error("ready without a price")
	}
	p.awaitLayers(promised + time.Minute) // the next cycle finds it
	checkNeverRefused(t, town)
	p.stop()
}
