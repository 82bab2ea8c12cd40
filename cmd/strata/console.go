package main

import (
	"io"
	"os"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/term"
)

// console writes log lines and, on a terminal, one line below them that says how
// things are: a progress bar, or the last cycle.
type console struct {
	mu       sync.Mutex
	out      io.Writer
	terminal bool
	status   string // what stands in the last line, "" for nothing
}

func newConsole(out io.Writer) *console { return &console{out: out, terminal: isTerminal(out)} }

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// clearLine moves to the start of the line and erases it (ECMA-48 EL).
const clearLine = "\r\x1b[K"

// Write writes above the status line.
func (c *console) Write(text []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.status == "" {
		return c.out.Write(text)
	}
	if _, err := io.WriteString(c.out, clearLine); err != nil {
		return 0, err
	}
	n, err := c.out.Write(text)
	if err == nil {
		_, err = io.WriteString(c.out, c.status)
	}
	return n, err
}

// show replaces the status line. Away from a terminal there is none.
func (c *console) show(status string) {
	if !c.terminal {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
	_, _ = io.WriteString(c.out, clearLine+status)
}

// bar draws how much of something is done.
func bar(done, total int) string {
	const width = 30
	filled := width * done / max(total, 1)
	return strings.Repeat("█", filled) + strings.Repeat("░", width-filled)
}

// wrap breaks a text into lines of at most width characters.
func wrap(text string, width int) string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimPrefix(line+" "+word, " ")
	}
	return strings.Join(append(lines, line), "\n")
}
