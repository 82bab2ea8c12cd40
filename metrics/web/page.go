package web

import (
	"html/template"
	"slices"
	"time"

	"strata/layers/risk"
	"strata/metrics"
	"strata/metrics/api"
)

// page is what the template shows.
type page struct {
	CSS     template.CSS
	Now     time.Time
	At      time.Time // of the numbers; zero before the first
	Windows []string
	Tower   []floor // the top of the stack first
	Sources []metrics.Source
	Status  metrics.Status
	Example string // a token to show the API with, "" when there is none
}

// floor is a layer with one cell for each window of the page.
type floor struct {
	api.Layer
	Cells []api.Headline
}

func read(view metrics.View) page {
	p := page{
		CSS: template.CSS(pageCSS), // a file of this package, nothing from outside
		Now: view.Now().UTC(), Windows: indexWindows(), Sources: api.Sources(view), Status: api.Status(view),
	}
	if snapshot := view.Snapshot(); snapshot != nil {
		p.At = snapshot.At.UTC()
	}
	if tokens := view.Catalogue.Tokens(); len(tokens) > 0 {
		p.Example = tokens[0].Slug
	}
	for _, l := range slices.Backward(api.Stack(view)) {
		p.Tower = append(p.Tower, floor{Layer: l, Cells: cells(l, p.Windows)})
	}
	return p
}

// indexWindows are the windows in which a layer has a volatility of its own.
func indexWindows() []string {
	var names []string
	for _, w := range risk.Windows {
		if w.LayerStep > 0 {
			names = append(names, w.Name)
		}
	}
	return names
}

func cells(l api.Layer, windows []string) []api.Headline {
	cells := make([]api.Headline, len(windows))
	for i, window := range windows {
		cells[i] = api.Headline{Window: window, Reason: "no numbers yet: the first cycle has not finished"}
		for _, h := range l.Headlines {
			if h.Window == window {
				cells[i] = h
			}
		}
	}
	return cells
}
