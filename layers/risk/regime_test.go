package risk

import "testing"

func TestARegimeIsLeftDownwardsOnlyClearlyBelowItsBound(t *testing.T) {
	for _, tc := range []struct {
		percentile   float64
		before, want Regime
	}{
		{0, "", Calm}, {0.1999, "", Calm}, {0.2, "", Normal}, {0.7999, "", Normal},
		{0.8, "", Elevated}, {0.9499, "", Elevated}, {0.95, "", Extreme}, {1, "", Extreme},
		// Upwards at once.
		{0.2, Calm, Normal}, {0.8, Normal, Elevated}, {0.95, Elevated, Extreme}, {0.95, Calm, Extreme},
		// Downwards late.
		{0.94, Extreme, Extreme}, {0.90, Extreme, Extreme}, {0.8999, Extreme, Elevated},
		{0.79, Elevated, Elevated}, {0.75, Elevated, Elevated}, {0.7499, Elevated, Normal},
		{0.19, Normal, Normal}, {0.15, Normal, Normal}, {0.1499, Normal, Calm},
		// From far above as in small steps.
		{0.76, Extreme, Elevated}, {0.74, Extreme, Normal}, {0.16, Extreme, Normal}, {0.1, Extreme, Calm}, {0.16, Elevated, Normal},
		// A regime below holds nothing back.
		{0.94, Calm, Elevated}, {0.94, Normal, Elevated}, {0.19, Calm, Calm},
	} {
		if got := regime(tc.percentile, tc.before); got != tc.want {
			t.Errorf("%v after %q: %s, want %s", tc.percentile, tc.before, got, tc.want)
		}
	}
}

// TestAnEngineRemembersTheRegime has a percentile of 0.78 after one of 1.
func TestAnEngineRemembersTheRegime(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	xs := make([]float64, 101)
	for i := range 100 {
		xs[i] = float64(i%50) / 100
	}
	xs[100] = 0.385 // above 78 % of the last fifty and of those before
	h := restless("aaa", xs...).ledger()
	e := engine(t, c, h, today)
	e.latest.Store(&Snapshot{Layers: []LayerRisk{{Layer: "alpha", Window: window(t, "24h"), Regime: Extreme}}})
	l, _ := e.Snapshot(today).Layer("alpha", "24h")
	alone := computeLayer(t, c, h, "alpha", "24h", today)
	if l.Regime != Elevated || alone.Regime != Normal || l.Percentile != alone.Percentile {
		t.Errorf("%+v: %s after extreme, %s alone", l.Percentile, l.Regime, alone.Regime)
	}
}
