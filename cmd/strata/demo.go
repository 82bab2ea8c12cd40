package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"strata/cmd/strata/internal/demo"
	"strata/collector"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/kraken"
)

type demoCmd struct {
	ListenAddress string  `name:"web.listen-address" env:"STRATA_WEB_LISTEN_ADDRESS" default:"127.0.0.1:10917" placeholder:"HOST:PORT" help:"Address of metrics, API and page (default ${default})."`
	EnableAdmin   bool    `name:"web.enable-admin" env:"STRATA_WEB_ENABLE_ADMIN" help:"Hand out backups at /api/v1/backup (default: no)."`
	StoragePath   string  `name:"storage.path" placeholder:"FILE" help:"Database file (default: a temporary one, removed at the end)."`
	LogLevel      string  `name:"log.level" env:"STRATA_LOG_LEVEL" default:"auto" placeholder:"LEVEL" help:"auto, debug, info, warn or error (default ${default}: info, but warn on a terminal)."`
	LogFormat     string  `name:"log.format" env:"STRATA_LOG_FORMAT" default:"logfmt" placeholder:"FORMAT" help:"logfmt or json (default ${default})."`
	Scenario      string  `default:"june-2025" placeholder:"NAME" help:"june-2025, crash-2025 or ftx-2022 (default ${default})."`
	Speed         float64 `default:"1" placeholder:"N" help:"Recorded minutes a minute, 1 to 60 (default ${default})."`
}

// Run plays a recording through the whole pipeline until ctx ends.
func (c *demoCmd) Run(ctx context.Context, t terminal) (err error) {
	played, err := demo.Open(c.Scenario, c.Speed)
	if err != nil {
		return usageError{err}
	}
	flags := settings{ListenAddress: c.ListenAddress, StoragePath: c.StoragePath, LogLevel: c.LogLevel, LogFormat: c.LogFormat}
	p, err := flags.plan()
	if err != nil {
		return err
	}
	p.config.Web.EnableAdmin = c.EnableAdmin
	if c.StoragePath == "" {
		folder, failed := os.MkdirTemp("", "strata-demo-")
		if failed != nil {
			return fmt.Errorf("make a folder for the demo: %w", failed)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
		p.config.Storage.Path = filepath.Join(folder, "strata.db")
	}
	urls, err := played.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, played.Close()) }()
	return c.play(ctx, t, p, played, urls)
}

func (c *demoCmd) play(ctx context.Context, t terminal, p plan, played *demo.Demo, urls demo.URLs) error {
	p.catalogue, p.config.Backfill.Days = played.Catalogue(), recordedDays
	console := newConsole(t.err)
	d := &daemon{plan: p, demo: played, now: played.Now, console: console, log: logger(p.config.Log, console)}
	// Nobody else asks the recording, so there is no limit. The past comes as CoinGecko gives it.
	past := coingecko.New(coingecko.Options{BaseURL: urls.CoinGecko, Budget: unlimited(), Now: played.Now})
	d.historians = []collector.Historian{past}
	d.sources = []collector.Source{
		past,
		kraken.New(kraken.Options{BaseURL: urls.Kraken, Budget: unlimited()}),
		coinbase.New(coinbase.Options{BaseURL: urls.Coinbase, Budget: unlimited()}),
	}
	d.onFilled = func(ctx context.Context) { d.printTable(ctx, t.out) }
	return d.run(ctx)
}

// recordedDays is at least as far back as any recording goes.
const recordedDays = 90

// unlimited is a budget that nothing exceeds.
func unlimited() collector.Budget { return collector.Budget{Calls: 1 << 30, Per: time.Second} }
