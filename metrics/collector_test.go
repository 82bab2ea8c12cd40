package metrics_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
	"strata/metrics/internal/metricstest"
)

func TestExpositionIsTheMarket(t *testing.T) {
	golden, err := os.Open("testdata/exposition.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = golden.Close() }()
	// build_info names the compiler, which the golden text cannot.
	var names []string
	for _, name := range exported(t, metricstest.View(t)) {
		if name != "strata_build_info" {
			names = append(names, name)
		}
	}
	if err := testutil.CollectAndCompare(metrics.NewCollector(metricstest.View(t)), golden, names...); err != nil {
		t.Error(err)
	}
}

func TestNamesAndHelpAreConventional(t *testing.T) {
	for _, c := range []prometheus.Collector{metrics.NewCollector(metricstest.View(t)), metrics.NewComputeDuration()} {
		problems, err := testutil.CollectAndLint(c)
		if err != nil || len(problems) > 0 {
			t.Errorf("lint: %v, %v", err, problems)
		}
	}
	text, err := os.ReadFile("testdata/exposition.txt")
	if err != nil {
		t.Fatal(err)
	}
	problems, err := promlint.New(strings.NewReader(string(text))).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("lint of the golden text: %v, %v", err, problems)
	}
}

func TestNothingIsHeldAfterItIsWithheld(t *testing.T) {
	view, snapshot := metricstest.View(t), metricstest.Snapshot()
	view.Snapshot = func() *risk.Snapshot { return snapshot }
	collector := metrics.NewCollector(view)
	if n := testutil.CollectAndCount(collector, "strata_layer_volatility_ratio"); n != 1 {
		t.Fatalf("%d series of layer volatility, want 1", n)
	}
	for i := range snapshot.Layers {
		snapshot.Layers[i].Volatility = risk.Figure{Reason: "too little is known"}
	}
	if n := testutil.CollectAndCount(collector, "strata_layer_volatility_ratio"); n != 0 {
		t.Errorf("%d series of a withheld volatility", n)
	}
	if n := testutil.CollectAndCount(collector, "strata_layer_coverage_ratio"); n != len(snapshot.Layers) {
		t.Errorf("%d series of coverage, want %d: it is published always", n, len(snapshot.Layers))
	}
}

func TestMembersByStateSumToTheLiveMembers(t *testing.T) {
	view := metricstest.View(t)
	want, got := map[string]float64{}, map[string]float64{}
	for _, l := range view.Catalogue.Layers() {
		for _, token := range view.Catalogue.PrimaryMembers(l.Slug, metricstest.Now()) {
			if token.State(metricstest.Now()) == layers.Live {
				want[l.Slug]++
			}
		}
	}
	families, err := registryOf(t, view).Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "strata_layer_members" {
			continue
		}
		for _, m := range f.GetMetric() {
			got[m.GetLabel()[0].GetValue()] += m.GetGauge().GetValue()
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sum of the states by layer (-live members +sum):\n%s", diff)
	}
}

func TestLastSuccessOfASourceMovesOnSuccessOnly(t *testing.T) {
	view, sources := metricstest.View(t), metricstest.Sources()[:1]
	view.Sources = func() []metrics.Source { return sources }
	collector := metrics.NewCollector(view)
	expect := func(up, at string) {
		t.Helper()
		want := `
# HELP strata_source_last_success_timestamp_seconds Unix time when a round of requests to the source last succeeded; absent when none has.
# TYPE strata_source_last_success_timestamp_seconds gauge
` + at + `# HELP strata_source_up Whether the latest round of requests to the source succeeded: 1 yes, 0 no; absent before the first.
# TYPE strata_source_up gauge
strata_source_up{source="coingecko"} ` + up + "\n"
		err := testutil.CollectAndCompare(collector, strings.NewReader(want), "strata_source_up", "strata_source_last_success_timestamp_seconds")
		if err != nil {
			t.Error(err)
		}
	}
	success := "strata_source_last_success_timestamp_seconds{source=\"coingecko\"} 1795341630\n"
	expect("1", success)
	sources[0].Up = false
	expect("0", success)
}

func TestASourceThatWasNotAskedYetIsNeitherUpNorDown(t *testing.T) {
	view := metricstest.View(t)
	view.Sources = func() []metrics.Source { return []metrics.Source{{Name: "kraken"}} }
	collector := metrics.NewCollector(view)
	if n := testutil.CollectAndCount(collector, "strata_source_up"); n != 0 {
		t.Error("a source is judged before it was asked")
	}
	if n := testutil.CollectAndCount(collector, "strata_source_requests_total"); n != 1 {
		t.Error("the requests are not counted from 0 on")
	}
}

func TestAViewThatKnowsNothingExportsNoNumbers(t *testing.T) {
	for _, name := range exported(t, metrics.View{Catalogue: metricstest.Catalogue(t)}) {
		if strings.HasPrefix(name, "strata_token_") && name != "strata_token_info" ||
			strings.HasPrefix(name, "strata_layer_") && name != "strata_layer_info" ||
			strings.HasSuffix(name, "_timestamp_seconds") || strings.HasPrefix(name, "strata_source_") {
			t.Errorf("%s is exported before anything is known", name)
		}
	}
}

func TestCardinalityIsBoundedByCatalogueAndSources(t *testing.T) {
	view, snapshot := metricstest.View(t), &risk.Snapshot{At: metricstest.Now()}
	known := risk.Figure{Value: 1, Known: true}
	for _, l := range view.Catalogue.Layers() {
		for _, w := range risk.Windows {
			r := risk.LayerRisk{Layer: l.Slug, Window: w, MemberMedian: known, MemberMax: known}
			if w.LayerStep > 0 {
				r.Volatility, r.Downside, r.Dispersion, r.Correlation, r.Implied, r.Diversification = known, known, known, known, known, known
				r.Weighted = []risk.Weighted{{Weighting: risk.CapWeight, Volatility: known}, {Weighting: risk.SqrtWeight, Volatility: known}}
				r.Betas = []risk.Beta{{Benchmark: "btc", Beta: known}}
			}
			r.ZScore, r.Percentile, r.Regime = known, known, risk.Calm
			snapshot.Layers = append(snapshot.Layers, r)
		}
	}
	for _, token := range view.Catalogue.Tokens() {
		snapshot.Prices = append(snapshot.Prices, risk.TokenPrice{
			Token: token.Slug, Known: true, LastSample: time.Unix(1, 0), LastChange: time.Unix(1, 0),
		})
		for _, w := range risk.Windows {
			snapshot.Tokens = append(snapshot.Tokens, risk.TokenRisk{Token: token.Slug, Window: w, Volatility: known})
		}
	}
	view.Snapshot = func() *risk.Snapshot { return snapshot }
	got := testutil.CollectAndCount(metrics.NewCollector(view))
	const perLayer, perBeta, perToken, perJob, perSource, kindsAndReasons, others = 49, 2, 14, 6, 6, 4, 27 // as the package doc says
	bound := perLayer*2 + perBeta*2 + perToken*7 + perJob*2 + (perSource+kindsAndReasons)*2 + others
	if got > bound {
		t.Errorf("%d series, at most %d are stated", got, bound)
	}
}

// exported returns the names of the metrics that have a series.
func exported(t *testing.T, view metrics.View) []string {
	t.Helper()
	families, err := registryOf(t, view).Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
	}
	return names
}

func registryOf(t *testing.T, view metrics.View) *prometheus.Registry {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(metrics.NewCollector(view)); err != nil {
		t.Fatal(err)
	}
	return registry
}
