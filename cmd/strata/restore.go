package main

import (
	"fmt"
	"os"

	"strata/storage"
)

type restoreCmd struct {
	settings
	File string `arg:"" help:"Backup to put in the place of the database."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// restored says what a restore came to.
type restored struct {
	Path string `json:"path"`
	From string `json:"from"`
	Kept string `json:"kept,omitempty"` // what stood there before
}

// Run checks a backup and puts it in the place of the database, which is kept.
func (r *restoreCmd) Run(t terminal) error {
	c, err := r.load()
	if err != nil {
		return err
	}
	if _, err := os.Stat(r.File); err != nil {
		return usageError{err}
	}
	shown := newProgress(t.err)
	defer shown.end()
	kept, err := storage.Restore(r.File, c.Storage.Path, shown.of("restore"))
	if err != nil {
		return err
	}
	shown.end()
	if r.JSON {
		return printJSON(t.out, restored{Path: c.Storage.Path, From: r.File, Kept: kept})
	}
	before := ""
	if kept != "" {
		before = "; what stood there is " + kept
	}
	_, err = fmt.Fprintf(t.out, "%s was checked and stands at %s now%s\n", r.File, c.Storage.Path, before)
	return err
}
