package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"strata/collector"
	"strata/layers"
)

// figures are what a cycle took, at the median but for the peaks.
type figures struct {
	Samples  int
	Took     time.Duration
	CPU      time.Duration // of the process, user and kernel
	Allocs   uint64
	Bytes    uint64 // allocated
	Heap     uint64 // taken from the system at the end
	Resident int64  // most bytes of the process in memory
	Before   int64  // the same before the first cycle, catalogue and all
}

// compareCycles runs every load in a process of its own and prints a table.
func compareCycles(w io.Writer, quick bool) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	server := exec.Command(self, "-serve")
	server.Stderr = os.Stderr
	hold, err := server.StdinPipe()
	if err != nil {
		return err
	}
	out, err := server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	base, err := bufio.NewReader(out).ReadString('\n')
	if err == nil {
		err = writeCycles(w, self, strings.TrimSpace(base), quick)
	}
	return errors.Join(err, hold.Close(), server.Wait())
}

func writeCycles(w io.Writer, self, base string, quick bool) error {
	fmt.Fprintf(w, "\n### cycles\n\n| load | samples | ms | CPU ms | allocations | a sample | MB allocated | heap MB | RSS MB before | peak |\n")
	fmt.Fprintf(w, "| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	names := []string{"1,000 tokens at 5 sources", "18,000 tokens, 72 pages"}
	if quick {
		names = []string{"quick, at 5 sources", "quick, 2 pages"}
	}
	for _, name := range names {
		child := exec.Command(self, "-cycle", name, "-base", base)
		child.Stderr = os.Stderr
		out, err := child.Output()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var f figures
		if err := json.Unmarshal(out, &f); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(w, "| %s | %d | %.0f | %.0f | %d | %.1f | %.1f | %.1f | %.1f | %.1f |\n", name, f.Samples,
			f.Took.Seconds()*1e3, f.CPU.Seconds()*1e3, f.Allocs, float64(f.Allocs)/float64(f.Samples),
			float64(f.Bytes)/1e6, float64(f.Heap)/1e6, float64(f.Before)/1e6, float64(f.Resident)/1e6)
	}
	return nil
}

// measure runs the cycles of a load in this process.
func measure(ctx context.Context, w io.Writer, name, base string) error {
	l := loads[name]
	c, err := l.collector(base)
	if err != nil {
		return err
	}
	f := figures{}
	_, f.Before = usage()
	var took, cpu []time.Duration
	var allocs, bytes []uint64
	for range l.cycles + 1 { // the first one opens connections
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		busy, _ := usage()
		cycle := c.Collect(ctx)
		now, _ := usage()
		runtime.ReadMemStats(&after)
		if cycle.Err != nil || len(cycle.Down) > 0 || len(cycle.Rejected) > 0 {
			return fmt.Errorf("a cycle went wrong: %v, down %v, rejected %+v", cycle.Err, cycle.Down, cycle.Rejected[:min(3, len(cycle.Rejected))])
		}
		f.Samples = len(cycle.Samples)
		took, cpu = append(took, cycle.Duration), append(cpu, now-busy)
		allocs, bytes = append(allocs, after.Mallocs-before.Mallocs), append(bytes, after.TotalAlloc-before.TotalAlloc)
		f.Heap = after.HeapSys
		<-time.After(1100 * time.Millisecond) // a new second, or CoinGecko's quotes are those of before
	}
	f.Took, f.CPU, f.Allocs, f.Bytes = median(took[1:]), median(cpu[1:]), median(allocs[1:]), median(bytes[1:])
	_, f.Resident = usage()
	return json.NewEncoder(w).Encode(f)
}

func median[T ~int64 | ~uint64](values []T) T {
	slices.Sort(values)
	return values[len(values)/2]
}

func (l load) collector(base string) (*collector.Collector, error) {
	catalogue, err := l.catalogue()
	if err != nil {
		return nil, err
	}
	schedule, err := collector.ParseSchedule("* * * * *")
	if err != nil {
		return nil, err
	}
	var sources []collector.Source
	for _, name := range l.sources {
		sources = append(sources, open(name, base))
	}
	return collector.New(collector.Options{
		Catalogue: catalogue, Sources: sources, Schedule: schedule, Deadline: time.Minute, Logger: slog.New(slog.DiscardHandler),
		Keep: func(time.Time, []layers.Sample, []byte) error { return nil },
	})
}
