package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"strata/collector"
)

// announce says where everything is: a few lines on a terminal, one in a log.
func (d *daemon) announce() {
	base := "http://" + reachable(d.config.Web.ListenAddress)
	stats := d.store.Stats()
	next := d.schedule.Next(d.now()).UTC()
	if !d.console.terminal {
		d.log.Info("serving", "address", base, "storage", d.config.Storage.Path, "samples", stats.Samples,
			"tokens", len(d.catalogue.Tokens()), "next_cycle", next)
		return
	}
	lines := []string{
		"strata " + thisBuild().Version + ", volatility of the crypto-AI stack by layer",
		"  page        " + base + "/",
		"  metrics     " + base + "/metrics",
		fmt.Sprintf("  data        %s (%.1f MB, %d samples)", d.config.Storage.Path, float64(stats.FileBytes)/1e6, stats.Samples),
		"  sources     " + d.sourceLine(),
		fmt.Sprintf("  next cycle  %s, schedule %q", next.Format("15:04:05 UTC"), d.config.Collector.Schedule),
	}
	if d.demo != nil {
		info := d.demo.Info()
		lines = append([]string{"DEMO " + info.Scenario + ": " + info.Title, wrap(info.Note, 100), ""}, lines...)
	}
	_, _ = fmt.Fprintf(d.console, "%s\n\n", strings.Join(lines, "\n"))
}

// sourceLine names each source with the number of tokens it is asked for.
func (d *daemon) sourceLine() string {
	names := make([]string, len(d.sources))
	for i, source := range d.sources {
		names[i] = fmt.Sprintf("%s %d", source.Name(), len(d.catalogue.Listings(source.Name(), d.now())))
	}
	return strings.Join(names, ", ") + " tokens"
}

// showCycle says on the status line what the last cycle brought.
func (d *daemon) showCycle(c collector.Cycle) {
	if d.backfill != nil && d.backfill.Progress().Finished.IsZero() {
		return // the line is the backfill's
	}
	brought := fmt.Sprintf("%d prices from %d of %d sources", len(c.Samples), len(c.OK), len(d.sources))
	if c.Err != nil {
		brought = c.Err.Error()
	}
	next := d.schedule.Next(d.now()).UTC().Format("15:04:05 UTC")
	d.console.show(fmt.Sprintf("  %s  %s, next cycle %s", c.Time.Format("15:04:05 UTC"), brought, next))
}

// barOf is the status line of a backfill.
func barOf(p collector.Progress) string {
	return fmt.Sprintf("  backfill %s %d of %d  %s", bar(p.Done, p.Total), p.Done, p.Total, p.Current)
}

// printTable shows a newcomer the numbers as soon as there are any.
func (d *daemon) printTable(ctx context.Context, out io.Writer) {
	o := &oracle{handler: handlerOf(d.view()), origin: "http://" + reachable(d.config.Web.ListenAddress)}
	if err := (&volCmd{}).print(ctx, out, o); err != nil {
		d.log.Warn("no table of the numbers", "error", err)
	}
}
