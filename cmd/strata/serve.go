package main

import (
	"context"
	"time"
)

type serveCmd struct {
	settings
	EnableAdmin bool `name:"web.enable-admin" env:"STRATA_WEB_ENABLE_ADMIN" help:"Hand out backups at /api/v1/backup (default: no)."`
}

// Run collects and serves until ctx ends.
func (s *serveCmd) Run(ctx context.Context, t terminal) error {
	p, err := s.plan()
	if err != nil {
		return err
	}
	p.config.Web.EnableAdmin = p.config.Web.EnableAdmin || s.EnableAdmin
	console := newConsole(t.err)
	d := &daemon{plan: p, now: time.Now, console: console, log: logger(p.config.Log, console)}
	d.sources = sourcesOf(p)
	d.jitter = jitterOf(p.config.Storage.Path)
	if p.config.Backfill.Enabled {
		d.historians = historiansOf(d.sources)
	}
	return d.run(ctx)
}
