package main

import (
	"fmt"
	"io"
	"time"
)

// progress is the status line of a command that takes long: a bar, on a terminal only.
type progress struct {
	console *console
	shown   time.Time
}

func newProgress(out io.Writer) *progress { return &progress{console: newConsole(out)} }

// of returns a function that shows how much of something is done, a few times a second.
func (p *progress) of(what string) func(done, total int64) {
	return func(done, total int64) {
		if now := time.Now(); done == total || now.Sub(p.shown) >= 100*time.Millisecond {
			p.shown = now
			p.console.show(fmt.Sprintf("  %s %s %3d %%", what, bar(int(done), int(total)), 100*done/max(total, 1)))
		}
	}
}

// end removes the line.
func (p *progress) end() { p.console.show("") }

// megabytes writes a size for people.
func megabytes(bytes int64) string {
	const megabyte = 1e6
	if bytes < megabyte {
		return fmt.Sprintf("%.0f kB", float64(bytes)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(bytes)/megabyte)
}
