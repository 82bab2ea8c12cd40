package metrics

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Register puts everything that strata exports about the view, the Go runtime and
// the process on the registry. It fails when the registry holds one of the names
// already.
func Register(registry prometheus.Registerer, view View) error {
	var faults []error
	for _, c := range []prometheus.Collector{
		NewCollector(view),
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := registry.Register(c); err != nil {
			faults = append(faults, err)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("register metrics: %w", err)
	}
	return nil
}

// NewComputeDuration returns the histogram of how long computing a snapshot took.
// Whoever publishes snapshots registers it beside the view and observes each one:
// it counts what happened between two scrapes, which no view of now can tell.
func NewComputeDuration() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Name:    "strata_volatility_compute_duration_seconds",
		Help:    "How long computing all published numbers took, once after each cycle.",
		Buckets: prometheus.ExponentialBuckets(0.001, 4, 7), // 1 ms to 4 s
	})
}

// maxScrapes bounds the scrapes that are encoded at the same time.
const maxScrapes = 8

// Handler serves what was registered in the text format, or in OpenMetrics to
// whoever asks for it, compressed when the client accepts that. One series that cannot
// be had costs that series and is counted in promhttp_metric_handler_errors_total.
func Handler(registry *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{
		EnableOpenMetrics:   true,
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
		Registry:            registry,
	})
}
