// Command strata watches the market of crypto-AI tokens by the layer of the stack they
// stand in, and publishes how volatile each layer is.
//
// It exits with 0 when it did what was asked, with 2 when what was asked is wrong (a
// flag, a setting, a file) and nothing was changed, with 74 (EX_IOERR of sysexits.h) when
// the disk failed to write, and with 1 when it failed otherwise. SIGINT and SIGTERM end it in
// good order; the second one ends it at once, by the signal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"strata/cmd/strata/internal/config"
	"strata/cmd/strata/internal/csvfile"
	"strata/storage"
)

type cli struct {
	Serve    serveCmd    `cmd:"" help:"Collect prices and serve what they say about each layer, until stopped."`
	Demo     demoCmd     `cmd:"" help:"Play recorded market data through the whole pipeline, offline."`
	Check    checkCmd    `cmd:"" help:"Check configuration and catalogue and print what would be used."`
	Layers   layersCmd   `cmd:"" help:"Show the stack: layers, members, projects without a token."`
	Vol      volCmd      `cmd:"" help:"Show how volatile the layers are."`
	Import   importCmd   `cmd:"" help:"Add price history from a file, CSV or OpenMetrics."`
	Export   exportCmd   `cmd:"" help:"Write price history as CSV or OpenMetrics."`
	Backfill backfillCmd `cmd:"" help:"Fetch the past that the database does not hold, with a bar and a table of what came."`
	Backup   backupCmd   `cmd:"" help:"Write a checked copy of the database, while the daemon runs too."`
	Restore  restoreCmd  `cmd:"" help:"Put a backup in the place of the database, which is kept."`
	Compact  compactCmd  `cmd:"" help:"Rewrite the database without its free pages."`
	Verify   verifyCmd   `cmd:"" help:"Ask every source once, and say which names of the catalogue no longer mean what they should."`
	Version  versionCmd  `cmd:"" help:"Print the version."`

	CheckFile checkFileCmd `cmd:"" hidden:"" help:"Read a whole database file and say what is wrong with it."`
}

// terminal is where a command reads and writes.
type terminal struct {
	out, err io.Writer
}

func main() {
	os.Exit(run(untilTold(), os.Args[1:], terminal{out: os.Stdout, err: os.Stderr}))
}

// untilTold returns a context that a first SIGINT or SIGTERM ends, so that the command can
// end in good order. A second one finds nobody waiting and kills the process: a shell then
// says 130 or 143.
func untilTold() context.Context {
	ctx, end := context.WithCancel(context.Background())
	told := make(chan os.Signal, 1)
	signal.Notify(told, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-told
		signal.Stop(told) // before anybody can see that the first one came
		end()
	}()
	return ctx
}

func run(ctx context.Context, args []string, term terminal) (code int) {
	exit := -1
	parser, err := kong.New(&cli{},
		kong.Name("strata"),
		kong.Description("Volatility of the crypto-AI stack, layer by layer, with history behind it."),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(term.out, term.err),
		kong.Exit(func(code int) { exit = code }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(term),
	)
	if err != nil {
		return report(term, err)
	}
	parsed, err := parser.Parse(args)
	if exit >= 0 { // --help printed itself
		return exit
	}
	if err != nil {
		return report(term, usageError{err})
	}
	return report(term, parsed.Run())
}

// usageError is a mistake of whoever typed the command.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

func report(term terminal, err error) int {
	if err == nil {
		return 0
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) == 1 {
		_, _ = fmt.Fprintln(term.err, "strata:", lines[0])
	} else {
		head := fmt.Sprintf("strata: %d faults", len(lines))
		if isMistake(err) {
			head += ", nothing was changed"
		}
		_, _ = fmt.Fprintf(term.err, "%s:\n  %s\n", head, strings.Join(lines, "\n  "))
	}
	switch {
	case isMistake(err):
		return 2
	case errors.Is(err, storage.ErrFailed):
		return 74
	}
	return 1
}

// isMistake says whether err is something that the caller got wrong, so that asking
// again without a change is useless.
func isMistake(err error) bool {
	if _, ok := errors.AsType[usageError](err); ok {
		return true
	}
	if _, ok := errors.AsType[config.Faults](err); ok {
		return true
	}
	_, ok := errors.AsType[*csvfile.Faults](err)
	return ok
}
