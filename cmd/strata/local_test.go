package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"strata/cmd/strata/internal/config"
)

// sourcesAt is the section of a configuration by which all sources are asked at a URL, but
// for those that are off.
func sourcesAt(url string, on ...string) string {
	var text strings.Builder
	text.WriteString("sources:\n")
	for _, name := range slices.Sorted(maps.Keys(config.Default().Sources.All())) {
		fmt.Fprintf(&text, "  %s: {base_url: '%s', enabled: %v}\n", name, url, len(on) == 0 || slices.Contains(on, name))
	}
	return text.String()
}
