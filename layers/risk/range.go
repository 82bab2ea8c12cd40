package risk

import (
	"context"
	"fmt"
	"iter"
	"time"

	"strata/layers"
)

// Instants are Start, Start+Step and so on before End. Step is positive, and the whole
// shorter than the 290 years that a [time.Duration] can hold.
type Instants struct {
	Start, End time.Time
	Step       time.Duration
}

// LayerPoint is what a layer's volatility was at one of many instants: of what
// [ComputeLayer] tells, that which a chart needs. Volatilities are annualised ratios.
type LayerPoint struct {
	Time         time.Time // the instant asked for
	Live         int       // members whose price is expected
	Included     int       // members that count
	ValidSteps   int       // steps in which enough members have a return
	Coverage     float64   // as in [LayerRisk]
	Volatility   Figure    // of the equal-weight index
	Downside     Figure    // of the index, falling steps only
	MemberMedian Figure    // median volatility of the included members
	MemberMax    Figure    // highest volatility of the included members
}

// TokenPoint is what a token's volatility was at one of many instants.
type TokenPoint struct {
	Time time.Time // the instant asked for
	TokenRisk
}

// RangeLayer answers for one layer in one window at many instants, oldest first: at
// each what [ComputeLayer] says, in one pass over the history. Membership, coverage and
// every rule are those of the instant, so a number may be withheld at one and known at
// the next.
//
// What it holds in memory is a window and a few days of samples of each token, however
// long the range. It ends after the first error it yields.
func RangeLayer(ctx context.Context, c *layers.Catalogue, h History, layer string, w Window, i Instants) iter.Seq2[LayerPoint, error] {
	return func(yield func(LayerPoint, error) bool) {
		if _, ok := c.Layer(layer); !ok {
			yield(LayerPoint{}, fmt.Errorf("unknown layer %q", layer))
			return
		}
		l := newLayerRange(c, layer, w, i)
		p := pass{catalogue: c, history: h, instants: i, reach: reach(w), tracks: l.tracks()}
		if err := p.run(ctx, func(at time.Time) bool { return yield(l.point(at), nil) }); err != nil {
			yield(LayerPoint{}, err)
		}
	}
}

// RangeToken answers for one token in one window at many instants, in the manner of
// [RangeLayer]: at each what [ComputeToken] says.
func RangeToken(ctx context.Context, c *layers.Catalogue, h History, token string, w Window, i Instants) iter.Seq2[TokenPoint, error] {
	return func(yield func(TokenPoint, error) bool) {
		of, ok := c.Token(token)
		if !ok {
			yield(TokenPoint{}, fmt.Errorf("unknown token %q", token))
			return
		}
		t := newTrack(c, of, w, i.Start, nil)
		p := pass{catalogue: c, history: h, instants: i, reach: reach(w), tracks: []*track{t}}
		if err := p.run(ctx, func(at time.Time) bool { return yield(TokenPoint{at, t.assay(at).TokenRisk}, nil) }); err != nil {
			yield(TokenPoint{}, err)
		}
	}
}
