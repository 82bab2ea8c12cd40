package main

import (
	"context"
	"time"

	"strata/cmd/strata/internal/config"
	"strata/collector"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/kraken"
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
	d.sources, d.historian = sourcesOf(p.config, p.key, 0)
	return d.run(ctx)
}

// sourcesOf is the table of sources: adding one adds a line. Sources that are asked once
// a token are asked at that spacing, 0 for what each of them allows.
func sourcesOf(c config.Config, key string, spacing time.Duration) ([]collector.Source, collector.Historian) {
	var sources []collector.Source
	var historian collector.Historian
	if s := c.Sources.CoinGecko; s.Enabled {
		source := coingecko.New(coinGeckoOptions(s, key))
		sources = append(sources, source)
		if c.Backfill.Enabled {
			historian = source
		}
	}
	if s := c.Sources.Kraken; s.Enabled {
		sources = append(sources, kraken.New(kraken.Options{BaseURL: s.BaseURL}))
	}
	if s := c.Sources.Coinbase; s.Enabled {
		sources = append(sources, coinbase.New(coinbase.Options{BaseURL: s.BaseURL, Spacing: spacing}))
	}
	return sources, historian
}

func coinGeckoOptions(s config.CoinGecko, key string) coingecko.Options {
	opts := coingecko.Options{BaseURL: s.BaseURL}
	switch s.Plan {
	case "demo":
		opts.DemoKey = key
	case "pro":
		opts.ProKey = key
		if s.BaseURL == coingecko.BaseURL {
			opts.BaseURL = coingecko.ProBaseURL // a pro key is refused at the public host
		}
	}
	return opts
}
