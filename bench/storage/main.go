// Storage puts our store beside its peers: the database of Prometheus, bbolt with a
// JSON object a sample, and bbolt with 8 bytes a sample; and, when its program is
// at hand, the bytes of VictoriaMetrics. All are given the same
// prices, cycle by cycle and in turn, each cycle durable before the next; then tokens are
// read back. It prints a Markdown table for each history, and what was asked of us.
//
//	go run ./storage [-quick] [-data DIR] [-dir DIR] [-budget 2m] [-only TEXT] [-victoria FILE]
//
// Times depend on the machine and on what else it does; only the ratios between
// stores of one run mean something.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

type options struct {
	quick  bool
	data   string
	dir    string
	budget time.Duration
	only   string

	victoria string
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "storage:", err)
		os.Exit(1)
	}
}

func run(args []string, w io.Writer) error {
	opts, err := parse(args)
	if err != nil {
		return err
	}
	sets, err := datasets(opts.quick, opts.data)
	if err != nil {
		return err
	}
	root, err := os.MkdirTemp(opts.dir, "strata-bench-")
	if err != nil {
		return fmt.Errorf("make working directory: %w", err)
	}
	err = writeMachine(w, root)
	for _, set := range sets {
		if err == nil && strings.Contains(set.name, opts.only) {
			err = compare(w, set, root, opts)
		}
	}
	return errors.Join(err, os.RemoveAll(root))
}

func parse(args []string) (opts options, err error) {
	flags := flag.NewFlagSet("storage", flag.ContinueOnError)
	flags.BoolVar(&opts.quick, "quick", false, "small histories and short budgets: a test of this program, not of the stores")
	flags.StringVar(&opts.data, "data", "", "folder with one-minute bars, *_1m.csv, in place of the recorded ones")
	flags.StringVar(&opts.dir, "dir", "", "directory to work in, on the disk to be measured (that of temporary files)")
	flags.DurationVar(&opts.budget, "budget", 2*time.Minute, "how long one store may ingest one history; cycles beyond are left out")
	flags.StringVar(&opts.only, "only", "", "only the histories whose name contains this")
	flags.StringVar(&opts.victoria, "victoria", "", "program of VictoriaMetrics, to compare its bytes as well")
	err = flags.Parse(args)
	if opts.quick {
		opts.budget = min(opts.budget, 3*time.Second)
	}
	return opts, err
}

// compare runs all stores on one history.
func compare(w io.Writer, d dataset, root string, opts options) error {
	dir, err := os.MkdirTemp(root, "history-")
	if err != nil {
		return err
	}
	results, err := measure(d.History, dir, opts.budget)
	if err = errors.Join(err, os.RemoveAll(dir)); err != nil {
		return fmt.Errorf("%s: %w", d.name, err)
	}
	if opts.victoria != "" {
		r, err := measureVictoria(context.Background(), opts.victoria, d.History, root)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		results = append(results, r)
	}
	writeTable(w, d, results)
	writeGoals(w, d, results)
	return nil
}
