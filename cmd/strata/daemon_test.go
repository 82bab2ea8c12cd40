package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

var stack = []string{"infrastructure", "middleware", "marketplaces", "applications"}

// What a newcomer sees: the demo, offline, with all four layers in all windows on
// /metrics, over HTTP, on the page and at the terminal, and every one of them says DEMO.
func TestTheDemoShowsAllLayersEverywhere(t *testing.T) {
	p := start(t, "demo")
	published := regexp.MustCompile(`(?m)^strata_layer_volatility_ratio\{layer="(\w+)",window="(\w+)"\} (\S+)$`)
	p.await(15*time.Second, "twelve layer volatilities", func() bool {
		return p.ready() && len(published.FindAllString(p.get("/metrics"), -1)) == len(stack)*3
	})
	if !strings.Contains(p.get("/metrics"), `strata_demo_info{`) {
		t.Error("/metrics does not say that this is a demo")
	}
	for _, layer := range stack {
		for _, window := range []string{"24h", "7d", "30d"} {
			answer := volatilityOf(t, p, layer, window)
			if answer.Volatility == nil || answer.Status != "ok" || *answer.Volatility < 0.1 || *answer.Volatility > 5 {
				t.Errorf("%s %s: %+v", layer, window, answer)
			}
		}
	}
	if page := p.get("/"); !strings.Contains(page, "DEMO") || !strings.Contains(page, "Marketplaces") {
		t.Error("the page does not show the stack of a demo")
	}
	table := runCommand(t, p, "vol")
	if !strings.Contains(table, "DEMO june-2025") || strings.Count(table, " %") < 12 {
		t.Errorf("strata vol prints:\n%s", table)
	}
	p.stop()
}

func volatilityOf(t *testing.T, p *process, layer, window string) (answer volatility) {
	t.Helper()
	text := p.get("/api/v1/layers/" + layer + "/volatility?window=" + window)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err, text)
	}
	return answer
}

// runCommand runs a command that asks the process.
func runCommand(t *testing.T, p *process, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "--web.listen-address", strings.TrimPrefix(p.base, "http://"))
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("strata %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// What had stopped trading still answered with its last price: it is shown as frozen,
// counted, and in no layer number.
func TestTheDemoShowsADeadMarketAsFrozen(t *testing.T) {
	p := start(t, "demo")
	states := map[string]string{}
	p.await(15*time.Second, "a frozen OCEAN", func() bool {
		if !p.ready() {
			return false
		}
		for _, m := range volatilityOf(t, p, "marketplaces", "24h").Members {
			states[m.Token] = m.State
		}
		return states["ocean-protocol"] == "frozen"
	})
	for _, m := range volatilityOf(t, p, "marketplaces", "24h").Members {
		if m.Token == "ocean-protocol" && m.RiskShare != nil {
			t.Error("a frozen member has a share of the risk")
		}
	}
	p.stop()
}

// A daemon whose sources are all gone stays up, is not ready, says why, and ends in good
// order.
func TestADaemonWithoutAnySourceStaysUp(t *testing.T) {
	gone := freeAddress(t)
	file := filepath.Join(t.TempDir(), "config.yaml")
	text := sourcesAt("http://"+gone) + "collector: {schedule: '@every 5s'}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, "serve", "--config.file", file, "--storage.path", filepath.Join(t.TempDir(), "strata.db"))
	p.await(20*time.Second, "nine sources down", func() bool {
		return p.status("/-/healthy") == http.StatusOK && strings.Count(p.get("/metrics"), "strata_source_up{") == 9 &&
			strings.Contains(p.get("/metrics"), `strata_source_request_failures_total{kind="network",source="kraken"} 1`)
	})
	if p.status("/-/ready") != http.StatusServiceUnavailable {
		t.Error("ready without a single price")
	}
	if text := p.get("/metrics"); regexp.MustCompile(`(?m)^strata_source_up\{.*\} 1$`).MatchString(text) {
		t.Error("a source that is gone is up")
	}
	if !strings.Contains(p.get("/api/v1/sources"), "network") {
		t.Error("/api/v1/sources does not say what happened")
	}
	p.stop()
}
