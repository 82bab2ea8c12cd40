package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"strata/bench/market"
)

// result is what was measured of one store on one history.
type result struct {
	name    string // of the store
	cycles  int    // ingested
	samples int

	disk
	commits []time.Duration // of each cycle, from handing it over until it is durable; none if it cannot be compared
	cpu     time.Duration   // of the process, for all cycles and what comes after them
	heap    int64           // bytes in use after ingest
	read    float64         // nanoseconds a sample, the whole of a token being read
}

// perSample divides a number of bytes by the samples they hold.
func (r result) perSample(bytes int64) float64 { return float64(bytes) / float64(r.samples) }

// cpuPerSample is in nanoseconds.
func (r result) cpuPerSample() float64 { return float64(r.cpu) / float64(r.samples) }

// commit returns a quantile of the commits of the first cycles, 1 being the longest.
func (r result) commit(cycles int, quantile float64) time.Duration {
	sorted := slices.Sorted(slices.Values(r.commits[:cycles]))
	return sorted[min(int(quantile*float64(cycles)), cycles-1)]
}

// timesBytes says how many times the bytes of another a sample takes.
func (r result) timesBytes(us result) float64 { return r.perSample(r.inUse) / us.perSample(us.inUse) }

// timesCommit says how many times the commit of another a cycle takes, at the median
// of the cycles that both have ingested.
func (r result) timesCommit(us result) float64 {
	both := min(r.cycles, us.cycles)
	return float64(r.commit(both, 0.5)) / float64(us.commit(both, 0.5))
}

// measure gives a history to all contenders, taking turns cycle by cycle, so that
// whatever else the machine does meets all of them alike. A store that has used up
// its budget gets no more cycles. Then each is read and closed. The stores lie in
// directories below root.
func measure(h market.History, root string, budget time.Duration) ([]result, error) {
	all, err := enter(h, root)
	if err == nil {
		err = ingest(all, h, budget)
	}
	for _, e := range all {
		if err == nil {
			err = e.finish(h)
		}
	}
	var results []result
	for _, e := range all {
		err = errors.Join(err, e.leave())
		results = append(results, e.result)
	}
	return results, err
}

// enter opens all stores. Those that are open are returned with an error, too.
func enter(h market.History, root string) ([]*entrant, error) {
	var all []*entrant
	for _, c := range contenders {
		dir, err := os.MkdirTemp(root, "store-")
		if err != nil {
			return all, err
		}
		s, err := c.open(dir, h.Source)
		if err != nil {
			return all, fmt.Errorf("open %s: %w", c.name, err)
		}
		all = append(all, &entrant{store: s, result: result{name: c.name, commits: make([]time.Duration, 0, h.Cycles)}})
	}
	return all, nil
}

// ingest gives cycle after cycle to all that have budget left.
func ingest(all []*entrant, h market.History, budget time.Duration) error {
	left := slices.Clone(all)
	for cycle := range h.Walk() {
		left = slices.DeleteFunc(left, func(e *entrant) bool { return e.spent > budget })
		if len(left) == 0 {
			return nil
		}
		for _, e := range left {
			if err := e.take(cycle); err != nil {
				return err
			}
		}
	}
	return nil
}

// heapInUse returns the bytes of live objects.
func heapInUse() int64 {
	runtime.GC()
	runtime.GC() // the second one frees what finalizers let go of
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
