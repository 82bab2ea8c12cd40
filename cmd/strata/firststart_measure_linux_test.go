package main

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"strata/cmd/strata/internal/market"
)

// measured says what it took so far.
func measured(t *testing.T, p *process, town *market.Market, path, when string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var calls strings.Builder
	for _, name := range slices.Sorted(maps.Keys(town.Venues())) {
		past, all := 0, town.Venue(name).Calls()
		for _, c := range all {
			if c.Ask.Interval > 0 {
				past++
			}
		}
		fmt.Fprintf(&calls, " %s %d+%d", name, len(all)-past, past)
	}
	t.Logf("%s: file %.1f MiB, %d samples, anonymous memory %d MiB, CPU %.1f s, calls (live+past)%s",
		when, float64(info.Size())/(1<<20), p.store().Samples, p.anonymous()>>20, p.cpu().Seconds(), calls.String())
}

// anonymous is the memory of the process that no file stands behind, in bytes.
func (p *process) anonymous() int {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	found := regexp.MustCompile(`RssAnon:\s+(\d+) kB`).FindSubmatch(text)
	if found == nil {
		p.t.Fatal("no RssAnon")
	}
	kib, _ := strconv.Atoi(string(found[1]))
	return kib << 10
}

// cpu is the time that the process has spent computing.
func (p *process) cpu() time.Duration {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		p.t.Fatal(err)
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')'):]))
	user, _ := strconv.Atoi(fields[12])
	system, _ := strconv.Atoi(fields[13])
	return time.Duration(user+system) * 10 * time.Millisecond
}
