package metrics

import (
	"runtime"
	"strconv"
	"time"

	"strata/layers/risk"
)

func infoFamilies() []family {
	return []family{
		gauge("window_info", "Always 1. The windows of the numbers: step of the token grid, step of the layer grid (0: no index is published), least coverage to publish.",
			[]string{"window", "step_seconds", "layer_step_seconds", "min_coverage"}, collectWindows),
		gauge("layer_info", "Always 1. The layers of the stack, order 1 at the bottom, and the weighting of their members in the index.",
			[]string{"layer", "order", "name", "name_ja", "weighting"}, collectLayerInfo),
		gauge("token_info", "Always 1. The tokens and projects of the catalogue with their primary membership now (no layer: a benchmark) and their state.",
			[]string{"token", "symbol", "name", "layer", "subcategory", "state"}, collectTokenInfo),
		gauge("demo_info", "Always 1 and present only in the demo: prices are a recording of the span from-to, shown as if they were now.",
			[]string{"scenario", "from", "to"}, collectDemo),
		gauge("build_info", "Always 1. The version of the program and of the Go compiler it was built with.",
			[]string{"version", "goversion"}, func(f facts, out emit) { out(1, f.status.Version, runtime.Version()) }),
	}
}

func collectWindows(_ facts, out emit) {
	for _, w := range risk.Windows {
		out(1, w.Name, seconds(w.TokenStep), seconds(w.LayerStep), strconv.FormatFloat(w.MinCoverage, 'g', -1, 64))
	}
}

func collectLayerInfo(f facts, out emit) {
	for _, l := range f.catalogue.Layers() {
		out(1, l.Slug, strconv.Itoa(l.Order), l.Name.EN, l.Name.JA, "equal")
	}
}

func collectTokenInfo(f facts, out emit) {
	for _, t := range f.catalogue.Tokens() {
		primary, _ := t.Primary(f.now)
		out(1, t.Slug, t.Symbol(f.now), t.Name, primary.Layer, primary.Subcategory, string(t.State(f.now)))
	}
}

func collectDemo(f facts, out emit) {
	if d := f.status.Demo; d != nil {
		out(1, d.Scenario, d.From.UTC().Format(time.RFC3339), d.To.UTC().Format(time.RFC3339))
	}
}

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}
