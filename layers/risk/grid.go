package risk

import "time"

// grid is the n+1 times g_0 … g_n on which a window is measured: multiples of the
// step since the Unix epoch. Step k leads from g_k to g_(k+1).
type grid struct {
	step time.Duration
	last int64 // g_n as a multiple of the step
	n    int
}

// gridAt returns the grid of a span that ends at the last multiple of step that is
// not after at.
func gridAt(at time.Time, span, step time.Duration) grid {
	return grid{step: step, last: at.UnixMilli() / step.Milliseconds(), n: int(span / step)}
}

// ms returns g_k in milliseconds since the epoch.
func (g grid) ms(k int) int64 { return (g.last - int64(g.n-k)) * g.step.Milliseconds() }

// time returns g_k.
func (g grid) time(k int) time.Time { return time.UnixMilli(g.ms(k)).UTC() }

// end returns g_n.
func (g grid) end() time.Time { return g.time(g.n) }
