package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// writeMachine says where the figures come from, and how fast the disk is by itself.
func writeMachine(w io.Writer, dir string) error {
	sync, err := syncTime(dir)
	if err != nil {
		return fmt.Errorf("time the disk: %w", err)
	}
	fmt.Fprintf(w, "%s/%s, %d CPUs, %s. Writing 4 KiB and fsync, p50: %s ms.\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), millis(sync))
	return nil
}

// syncTime is the median time of appending a page to a file and bringing it to the disk.
func syncTime(dir string) (time.Duration, error) {
	file, err := os.Create(filepath.Join(dir, "sync"))
	if err != nil {
		return 0, err
	}
	took := make([]time.Duration, 200)
	for i := range took {
		started := time.Now()
		if _, err = file.Write(make([]byte, 4096)); err == nil {
			err = file.Sync()
		}
		if err != nil {
			break
		}
		took[i] = time.Since(started)
	}
	slices.Sort(took)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	return took[len(took)/2], err
}

// columns of the table, with what stands in them. Of a store whose commits cannot be
// compared the columns that follow its bytes stay empty.
var columns = []struct {
	head string
	cell func(dataset, result) string
}{
	{"store", func(_ dataset, r result) string { return r.name }},
	{"cycles", func(d dataset, r result) string { return cycles(r.cycles, d.Cycles) }},
	{"B/sample in use", func(_ dataset, r result) string { return fmt.Sprintf("%.2f", r.perSample(r.inUse)) }},
	{"B/sample file", func(_ dataset, r result) string { return fmt.Sprintf("%.2f", r.perSample(r.file)) }},
	{"log MB", func(_ dataset, r result) string { return log(r.log) }},
	{"commit p50 ms", timed(func(r result) string { return millis(r.commit(r.cycles, 0.5)) })},
	{"p99 ms", timed(func(r result) string { return millis(r.commit(r.cycles, 0.99)) })},
	{"longest ms", timed(func(r result) string { return millis(r.commit(r.cycles, 1)) })},
	{"CPU s", timed(func(r result) string { return fmt.Sprintf("%.1f", r.cpu.Seconds()) })},
	{"CPU ns/sample", timed(func(r result) string { return fmt.Sprintf("%.0f", r.cpuPerSample()) })},
	{"read ns/sample", timed(func(r result) string { return fmt.Sprintf("%.0f", r.read) })},
	{"heap MB", timed(func(r result) string { return fmt.Sprintf("%.1f", float64(r.heap)/1e6) })},
}

func timed(cell func(result) string) func(dataset, result) string {
	return func(_ dataset, r result) string {
		if len(r.commits) == 0 {
			return ""
		}
		return cell(r)
	}
}

// writeTable begins the section of a data set.
func writeTable(w io.Writer, d dataset, results []result) {
	fmt.Fprintf(w, "\n### %s\n\n%s tokens, %s cycles, %s.\n\n", d.name, thousands(len(d.Tokens)), thousands(d.Cycles), d.about)
	var head, rule []string
	for i, c := range columns {
		head = append(head, c.head)
		rule = append(rule, []string{"---", "--:"}[min(i, 1)])
	}
	writeLine(w, head)
	writeLine(w, rule)
	for _, r := range results {
		var cells []string
		for _, c := range columns {
			cells = append(cells, c.cell(d, r))
		}
		writeLine(w, cells)
	}
}

func writeLine(w io.Writer, cells []string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// writeGoals ends the section: how much more than ours each peer takes, and what was asked for.
func writeGoals(w io.Writer, d dataset, results []result) {
	fmt.Fprintln(w)
	us := results[0]
	for _, peer := range results[1:] {
		fmt.Fprintf(w, "- %s takes %.3g times our bytes", peer.name, peer.timesBytes(us))
		if len(peer.commits) > 0 {
			fmt.Fprintf(w, ", %.2g times our commit (p50), %.2g times our CPU, %.2g times our time to read",
				peer.timesCommit(us), peer.cpuPerSample()/us.cpuPerSample(), peer.read/us.read)
		}
		fmt.Fprintln(w)
	}
	for _, g := range d.goals {
		fmt.Fprintf(w, "- goal, %s\n", g.judge(results))
	}
}

// cycles says how many of all were ingested.
func cycles(n, all int) string {
	if n == all {
		return "all"
	}
	return "first " + thousands(n)
}

// log is empty for the stores that have none.
func log(bytes int64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(bytes)/1e6)
}

func millis(d time.Duration) string { return fmt.Sprintf("%.3g", d.Seconds()*1e3) }

// thousands writes n with a comma: 129,600.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
