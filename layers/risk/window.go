package risk

import (
	"fmt"
	"strings"
	"time"
)

// Window is a span over which volatility is measured, with the grids it is
// measured on.
type Window struct {
	Name        string        // "24h": the label of metrics, the parameter of the API
	Span        time.Duration // length of the window
	TokenStep   time.Duration // grid of token volatility
	LayerStep   time.Duration // grid of everything that needs several tokens at once; 0 when no index is published
	MinCoverage float64       // share of grid intervals that must hold a new sample
}

// Windows are the windows of the method, shortest first (docs/METHOD.md). One hour
// is the finest history that common backfill gives beyond a day; the layer grid of
// the 24 h window is coarse because quotes of different tokens are not
// simultaneous (Epps 1979).
var Windows = []Window{
	{Name: "1h", Span: time.Hour, TokenStep: 5 * time.Minute, MinCoverage: 0.9},
	{Name: "24h", Span: 24 * time.Hour, TokenStep: 5 * time.Minute, LayerStep: 30 * time.Minute, MinCoverage: 0.8},
	{Name: "7d", Span: 7 * 24 * time.Hour, TokenStep: time.Hour, LayerStep: time.Hour, MinCoverage: 0.8},
	{Name: "30d", Span: 30 * 24 * time.Hour, TokenStep: time.Hour, LayerStep: time.Hour, MinCoverage: 0.8},
}

// WindowNamed returns the window with that name, or an error that lists them all.
func WindowNamed(name string) (Window, error) {
	names := make([]string, len(Windows))
	for i, w := range Windows {
		if w.Name == name {
			return w, nil
		}
		names[i] = w.Name
	}
	return Window{}, fmt.Errorf("unknown window %q, want one of %s", name, strings.Join(names, ", "))
}

// Tolerance returns how old the sample behind a grid price may be: two steps, one
// step on the 1 h grid.
func Tolerance(step time.Duration) time.Duration {
	if step >= time.Hour {
		return step
	}
	return 2 * step
}
