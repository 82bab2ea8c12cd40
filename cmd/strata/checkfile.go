package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"strata/storage"
)

// checkFileCmd reads a whole database file. It is hidden, because it is what other
// commands start as a process of its own.
type checkFileCmd struct {
	File string `arg:"" help:"Database file."`
}

// Run says what is wrong with the file; a usage error is why it could not be read at all.
func (c *checkFileCmd) Run() error {
	err := storage.Check(c.File)
	for _, other := range []error{storage.ErrLocked, storage.ErrOlder, storage.ErrNewer, storage.ErrForeign, fs.ErrNotExist, fs.ErrPermission} {
		if errors.Is(err, other) {
			return usageError{err}
		}
	}
	return err
}

// checkedWithin is how long a check may take: a circle of pages would keep it for ever.
const checkedWithin = 10 * time.Minute

// errUnsound says what to do about a database that is damaged.
var errUnsound = errors.New("put a backup in its place with `strata restore FILE`, which keeps the damaged one beside it")

// checkApart checks a database file in a process of its own, which is what damage that
// nobody foresaw then ends.
func checkApart(ctx context.Context, path string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("check store %s: %w", path, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, checkedWithin, fmt.Errorf("it took longer than %s", checkedWithin))
	defer cancel()
	child := exec.CommandContext(ctx, self, "check-file", path)
	said, err := child.CombinedOutput()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("check store %s: %w; %w", path, context.Cause(ctx), errUnsound)
	}
	line, _, _ := strings.Cut(string(said), "\n")
	line, spoke := strings.CutPrefix(line, "strata: ")
	switch {
	case !spoke:
		return fmt.Errorf("check store %s: the damage ended the check (%w); %w", path, err, errUnsound)
	case child.ProcessState.ExitCode() == 2:
		return errors.New(line)
	}
	return fmt.Errorf("%s; %w", line, errUnsound)
}
