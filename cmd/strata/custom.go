package main

import (
	"fmt"
	"strings"

	"strata/cmd/strata/internal/config"
	"strata/collector/generic"
	"strata/layers"
)

// customOf opens the sources that are given by configuration alone, and returns what they
// call the tokens beside them.
func customOf(described []config.Custom) (sources []*generic.Client, listings []layers.Listing, faults config.Faults) {
	for i, c := range described {
		source, err := openCustom(c)
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				faults = append(faults, fmt.Sprintf("sources.custom[%d]: %s", i, strings.TrimSpace(line)))
			}
			continue
		}
		sources, listings = append(sources, source), append(listings, source.Listings()...)
	}
	return sources, listings, faults
}

func openCustom(c config.Custom) (*generic.Client, error) {
	opts := generic.Options{
		Name: c.Name, URL: c.URL, Currency: c.Currency, Price: c.Price, Number: c.Number,
		Time: c.Time, TimeUnit: c.TimeUnit, Volume: c.Volume, Symbols: c.Symbols, Batch: c.Batch,
	}
	if c.KeyFile != "" {
		key, err := readKey(c.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("key_file: %w", err)
		}
		opts.Header = map[string]string{c.KeyHeader: key}
	}
	return generic.New(opts)
}
