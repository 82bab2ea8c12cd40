package metrics

import (
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"strata/layers/risk"
)

type collector struct {
	view     View
	families []family
}

// NewCollector returns a collector of everything the view knows. It keeps no
// values of its own: what the view does not know is left out.
func NewCollector(view View) prometheus.Collector {
	return &collector{view: view.Complete(), families: slices.Concat(
		layerFamilies(),
		tokenFamilies(),
		agreementFamilies(),
		infoFamilies(),
		sourceFamilies(),
		cycleFamilies(),
		jobFamilies(),
		storeFamilies(),
	)}
}

// Describe implements [prometheus.Collector].
func (c *collector) Describe(descs chan<- *prometheus.Desc) {
	for _, f := range c.families {
		descs <- f.desc
	}
}

// Collect implements [prometheus.Collector].
func (c *collector) Collect(metrics chan<- prometheus.Metric) {
	facts := facts{
		now:       c.view.Now().UTC(),
		catalogue: c.view.Catalogue,
		snapshot:  c.view.Snapshot(),
		sources:   c.view.Sources(),
		status:    c.view.Status(),

		agreements: c.view.Agreements(),
		jumps:      c.view.Jumps(),
	}
	if facts.snapshot == nil {
		facts.snapshot = &risk.Snapshot{}
	}
	for _, f := range c.families {
		f.send(facts, metrics)
	}
}
