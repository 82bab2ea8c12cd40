// Risk puts a layer's volatility beside the same question in PromQL, asked of the engine
// of Prometheus on its database with the same samples: at one instant, and over months.
// It prints Markdown tables, and what was asked of us. A second table says what computing
// everything anew costs after a cycle.
//
//	go run ./risk [-quick] [-days 90] [-tokens 100] [-dir DIR] [-no-raw]
//
// The questions are not quite the same: PromQL takes every minute and the mean of the
// returns' logarithms, we take the grid of the method, the index that can be held, and
// rules by which a number is published. On prices that are walks both estimate one
// number, and the program fails when they do not.
//
// Times depend on the machine and on what else it does; only the ratios of one run mean
// something.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"time"

	"strata/layers/risk"
)

type options struct {
	quick  bool
	days   int
	tokens int
	dir    string
	noRaw  bool
}

func main() {
	if err := run(context.Background(), os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "risk:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, w io.Writer) error {
	opts, err := parse(args)
	if err != nil {
		return err
	}
	root, err := os.MkdirTemp(opts.dir, "strata-bench-")
	if err != nil {
		return fmt.Errorf("make working directory: %w", err)
	}
	fmt.Fprintf(w, "%s/%s, %d CPUs, %s.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
	err = compare(ctx, w, root, opts)
	if err == nil {
		err = compareCycles(w, opts)
	}
	return errors.Join(err, os.RemoveAll(root))
}

func parse(args []string) (opts options, err error) {
	flags := flag.NewFlagSet("risk", flag.ContinueOnError)
	flags.BoolVar(&opts.quick, "quick", false, "few tokens, nine days, a window of seven: a test of this program, not of anybody's speed")
	flags.IntVar(&opts.days, "days", 90, "days of one-minute samples; 395 give a year of a 30-day window, for which PromQL takes many GB of memory")
	flags.IntVar(&opts.tokens, "tokens", 100, "how many tokens, in eight layers")
	flags.StringVar(&opts.dir, "dir", "", "directory to work in (that of temporary files)")
	flags.BoolVar(&opts.noRaw, "no-raw", false, "leave out PromQL on raw prices over time, which is what takes long")
	err = flags.Parse(args)
	if opts.quick {
		opts.days, opts.tokens = 9, 24
	}
	if least := 3 * layerCount; opts.tokens < least || !opts.quick && opts.days < 32 {
		err = errors.Join(err, fmt.Errorf("%d tokens over %d days are too few, want %d and 32", opts.tokens, opts.days, least))
	}
	return opts, err
}

// window is the one that is asked for: 30 days, or 7 when there are but nine.
func (o options) window() (risk.Window, error) {
	if o.quick {
		return risk.WindowNamed("7d")
	}
	return risk.WindowNamed("30d")
}

// rollingStep is the time from one point of a range to the next.
const rollingStep = time.Hour
