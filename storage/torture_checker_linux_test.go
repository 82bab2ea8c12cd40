package storage_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// checker has files looked at in a process of their own, because a damaged file may end
// the process that maps it, and because a death has to be counted.
type checker struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out chan string // lines; closed at the end of the process

	patience time.Duration // how long one file may take
}

func newChecker(t *testing.T) *checker {
	c := &checker{t: t, patience: time.Minute} // much longer than any takes
	t.Cleanup(c.end)
	return c
}

func (c *checker) start() {
	c.t.Helper()
	c.cmd = command(c.t, job{Role: "verify"})
	c.cmd.Stderr = nil
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if c.in, err = c.cmd.StdinPipe(); err != nil {
		c.t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.out = make(chan string)
	go func() {
		defer close(c.out)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			c.out <- lines.Text()
		}
	}()
}

// ask has one file looked at.
func (c *checker) ask(q check) (f findings) {
	c.t.Helper()
	if c.cmd == nil {
		c.start()
	}
	if err := json.NewEncoder(c.in).Encode(q); err != nil {
		c.t.Fatal(err)
	}
	limit := time.NewTimer(c.patience)
	defer limit.Stop()
	opened := "before it was open"
	for {
		select {
		case line, ok := <-c.out:
			switch {
			case !ok:
				_ = c.cmd.Process.Kill() // it has closed its end, so it should be dead
				_ = c.cmd.Wait()
				f.Died = fmt.Sprintf("%s %s", c.cmd.ProcessState, opened)
				c.cmd = nil
				return f
			case line == "open":
				opened = "after it was open"
			case json.Unmarshal([]byte(line), &f) == nil:
				return f
			}
		case <-limit.C:
			c.end()
			f.Died = fmt.Sprintf("hangs for %s %s", c.patience, opened)
			return f
		}
	}
}

func (c *checker) end() {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Kill()
	for range c.out { // so that the reader of the pipe ends
	}
	_ = c.cmd.Wait()
	c.cmd = nil
}

// answerChecks is the other end.
func answerChecks(t *testing.T, _ job) {
	questions := json.NewDecoder(os.Stdin)
	for questions.More() {
		var q check
		if err := questions.Decode(&q); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(q.run())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(strings.TrimSpace(string(answer)))
	}
}
