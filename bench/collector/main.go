// Collector measures what a cycle costs when there is much to ask for: 1,000 tokens at
// five sources, and 18,000 tokens at CoinGecko, which is 72 pages. The sources are the
// real ones, their servers a second process on this machine. Beside it stands what
// reading an answer costs, with our reader and with encoding/json.
//
//	go run ./collector [-quick]
//
// Times depend on the machine and on what else it does; only the ratios of one run, the
// allocations and the memory mean something.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "collector:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	flags := flag.NewFlagSet("collector", flag.ContinueOnError)
	quick := flags.Bool("quick", false, "few tokens and one cycle: a test of this program, not of the collector")
	serving := flags.Bool("serve", false, "be the server of the sources, until standard input ends")
	cycle := flags.String("cycle", "", "be the process that is measured, for that load")
	base := flags.String("base", "", "where the server is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	switch {
	case *serving:
		return serve(w, os.Stdin)
	case *cycle != "":
		return measure(context.Background(), w, *cycle, *base)
	}
	fmt.Fprintf(w, "%s/%s, %d CPUs, %s.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	if err := compareCycles(w, *quick); err != nil {
		return err
	}
	return compareReaders(w, readingTime(*quick))
}

func readingTime(quick bool) time.Duration {
	if quick {
		return 10 * time.Millisecond
	}
	return 2 * time.Second
}
