package main

import (
	"context"
	"fmt"
	"time"

	"go.yaml.in/yaml/v4"

	"strata/cmd/strata/internal/config"
	"strata/layers"
)

type checkCmd struct {
	settings
	Data bool `help:"Read the whole database file too and check every value in it; no daemon may run."`
	JSON bool `name:"json" help:"Print JSON."`
}

// checked is what would be used.
type checked struct {
	Config    config.Config  `yaml:"config"`
	Catalogue string         `yaml:"catalogue"` // version
	Tokens    int            `yaml:"tokens"`
	Live      int            `yaml:"live"`
	Listings  map[string]int `yaml:"listings"` // live tokens by source
	Next      []time.Time    `yaml:"next_cycles"`
	NextGaps  time.Time      `yaml:"next_backfill"`
}

// Run prints what would be used, or everything that is wrong with it.
func (c *checkCmd) Run(ctx context.Context, term terminal) error {
	p, err := c.plan()
	if err != nil {
		return err
	}
	if c.Data {
		if err := checkApart(ctx, p.config.Storage.Path); err != nil {
			return err
		}
	}
	now := time.Now().UTC()
	report := checked{
		Config:    p.config,
		Catalogue: p.catalogue.Version(),
		Tokens:    len(p.catalogue.Tokens()),
		Listings:  map[string]int{},
	}
	for _, token := range p.catalogue.Tokens() {
		if token.State(now) == layers.Live {
			report.Live++
		}
	}
	for _, source := range sourcesOf(p) {
		report.Listings[source.Name()] = len(p.catalogue.Listings(source.Name(), now))
	}
	for next := now; len(report.Next) < 3; {
		next = p.schedule.Next(next)
		report.Next = append(report.Next, next)
	}
	report.NextGaps = p.gaps.Next(now)
	text, err := yaml.Dump(report)
	if err != nil {
		return err
	}
	if c.JSON {
		var same any // the keys and durations of the YAML, for programs
		if err := yaml.Load(text, &same); err != nil {
			return err
		}
		return printJSON(term.out, same)
	}
	_, err = fmt.Fprintf(term.out, "# Nothing is wrong. This is what would be used.\n%s", text)
	return err
}
