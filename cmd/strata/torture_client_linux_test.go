package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// connect opens connections to the process, which end with the test.
func (p *process) connect(count int) (connections []net.Conn) {
	p.t.Helper()
	for range count {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(func() { _ = c.Close() })
		connections = append(connections, c)
	}
	return connections
}

// Row 13. Clients ask for a year of prices, over and over, and read a byte a second. The
// cycles come when they are due, the file does not grow for it, others are answered.
func TestTortureClientsThatAreStuckHoldNobodyUp(t *testing.T) {
	t.Parallel()
	p := playing(t, t.TempDir()+"/strata.db")
	p.await(time.Minute, "the end of the backfill", func() bool { return strings.Contains(p.get("/api/v1/status"), `"running":false`) })
	size := p.metric("strata_store_size_bytes")
	request := fmt.Sprintf("GET /api/v1/tokens/bittensor/prices?start=%d HTTP/1.1\r\nHost: %s\r\n\r\n",
		time.Now().AddDate(0, 0, -300).Unix(), strings.TrimPrefix(p.base, "http://"))
	for _, c := range p.connect(16) {
		_ = c.(*net.TCPConn).SetReadBuffer(1 << 10)
		if _, err := fmt.Fprint(c, strings.Repeat(request, 100)); err != nil { // more than buffers take
			t.Fatal(err)
		}
		go sip(t.Context().Done(), c)
	}
	began := time.Now()
	for range *tortureCycles {
		p.more(1)
		if took := p.metric("strata_store_last_write_duration_seconds"); took > allowed(500*time.Millisecond).Seconds() {
			t.Errorf("a cycle took %g s to store", took)
		}
		p.answers()
	}
	if took, most := time.Since(began), time.Duration(*tortureCycles+2)*time.Second; took > allowed(most) {
		t.Errorf("%d cycles, one a second, took %s", *tortureCycles, took)
	}
	grown := p.metric("strata_store_size_bytes") - size
	if grown > 1<<20 {
		t.Errorf("the file grew by %g bytes", grown)
	}
	t.Logf("16 stuck clients: %d cycles in %s, file grew by %g bytes", *tortureCycles, time.Since(began).Round(time.Millisecond), grown)
	p.stop()
}

// sip reads a byte a second until done.
func sip(done <-chan struct{}, c net.Conn) {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		select {
		case <-done:
			return
		case <-second.C:
			if _, err := c.Read(make([]byte, 1)); err != nil {
				return
			}
		}
	}
}

// metric returns the value of a metric without labels.
func (p *process) metric(name string) float64 {
	p.t.Helper()
	found := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindStringSubmatch(p.get("/metrics"))
	if found == nil {
		p.t.Fatalf("/metrics has no %s", name)
	}
	value, err := strconv.ParseFloat(found[1], 64)
	if err != nil {
		p.t.Fatal(err)
	}
	return value
}
