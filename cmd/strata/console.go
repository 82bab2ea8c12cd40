package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"
)

// console writes log lines and, on a terminal, one progress bar below them.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	bar      string // what stands in the last line, "" for nothing
}

func newConsole(out io.Writer) *console { return &console{out: out, terminal: isTerminal(out)} }

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// clearLine moves to the start of the line and erases it (ECMA-48 EL).
const clearLine = "\r\x1b[K"

// Write writes above the bar.
func (c *console) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bar == "" {
		return c.out.Write(text)
	}
	if _, err := io.WriteString(c.out, clearLine); err != nil {
		return 0, err
	}
	n, err := c.out.Write(text)
	if err == nil {
		_, err = io.WriteString(c.out, c.bar)
	}
	return n, err
}

// progress draws the bar; it is gone when all is done. Away from a terminal it draws
// nothing.
func (c *console) progress(label string, done, total int, detail string) {
	if !c.terminal || total == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bar = ""
	if done < total {
		const width = 30
		filled := width * done / total
		c.bar = fmt.Sprintf("  %s %s%s %d of %d  %s", label, strings.Repeat("█", filled), strings.Repeat("░", width-filled), done, total, detail)
	}
	_, _ = io.WriteString(c.out, clearLine+c.bar)
}
