package metrics

import (
	"math"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"strata/layers"
	"strata/layers/risk"
)

// facts is what one scrape shows, read once so that all its series agree.
type facts struct {
	now       time.Time
	catalogue *layers.Catalogue
	snapshot  *risk.Snapshot
	sources   []Source
	status    Status

	agreements map[string]Agreement
	jumps      map[string]risk.Jumps
}

// family is one metric: its name, help and labels, and how to read its series off
// the facts.
type family struct {
	desc    *prometheus.Desc
	kind    prometheus.ValueType
	collect func(facts, emit)
}

// emit exports one series, with the values of the labels in the order of the family.
type emit func(value float64, labels ...string)

// figure exports a number that may be withheld.
func (out emit) figure(f risk.Figure, labels ...string) {
	if f.Known {
		out(f.Value, labels...)
	}
}

// instant exports a time as Unix seconds, unless there is none.
func (out emit) instant(t time.Time, labels ...string) {
	if !t.IsZero() {
		out(float64(t.UnixMilli())/1e3, labels...)
	}
}

// counts exports one series for each key, which becomes the last label.
func (out emit) counts(counts map[string]uint64, label string) {
	for key, n := range counts {
		out(float64(n), label, key)
	}
}

func gauge(name, help string, labels []string, collect func(facts, emit)) family {
	return family{prometheus.NewDesc("strata_"+name, help, labels, nil), prometheus.GaugeValue, collect}
}

func counter(name, help string, labels []string, collect func(facts, emit)) family {
	return family{prometheus.NewDesc("strata_"+name, help, labels, nil), prometheus.CounterValue, collect}
}

// send exports the family's series of these facts.
func (f family) send(facts facts, metrics chan<- prometheus.Metric) {
	f.collect(facts, func(value float64, labels ...string) {
		if math.IsNaN(value) || math.IsInf(value, 0) {
			return
		}
		metrics <- prometheus.MustNewConstMetric(f.desc, f.kind, value, labels...)
	})
}
