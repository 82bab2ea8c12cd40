package main

import (
	"errors"
	"fmt"
	"os"

	"strata/storage"
)

type compactCmd struct {
	settings
	JSON bool `name:"json" help:"Print JSON."`
}

// compacted says what a compaction came to.
type compacted struct {
	Path   string `json:"path"`
	Before int64  `json:"before_bytes"`
	After  int64  `json:"after_bytes"`
}

// Run rewrites the database without its free pages.
func (c *compactCmd) Run(t terminal) error {
	config, err := c.load()
	if err != nil {
		return err
	}
	path := config.Storage.Path
	before, err := os.Stat(path)
	if err != nil {
		return usageError{fmt.Errorf("--storage.path: %w", err)}
	}
	shown := newProgress(t.err)
	defer shown.end()
	err = storage.Compact(path, shown.of("compact"))
	after, failed := os.Stat(path)
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	shown.end()
	if c.JSON {
		return printJSON(t.out, compacted{Path: path, Before: before.Size(), After: after.Size()})
	}
	_, err = fmt.Fprintf(t.out, "%s had %s and has %s now\n", path, megabytes(before.Size()), megabytes(after.Size()))
	return err
}
