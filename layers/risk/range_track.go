package risk

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// track follows one token through time: what its sources said, and its returns over the
// window that ends where it has come to.
type track struct {
	token  *layers.Token
	window Window

	feeds   series // in the order in which they appeared
	cuts    []cuts // of each feed
	cutsOf  func(source string) cuts
	waiting []observation // what was read last, ordered by time
	taken   int           // how much of it was taken in

	own   *line // on the token's grid
	joint *line // on the layer's grid, nil when the window has none
}

// observation is a sample of a feed.
type observation struct {
	ms    int64
	price float64
	feed  int
}

// newTrack returns a track that knows nothing yet and is to answer from an instant on.
// counts says whether the token counts as a member at a time; nil when nobody asks.
func newTrack(c *layers.Catalogue, t *layers.Token, w Window, from time.Time, counts func(time.Time) bool) *track {
	track := &track{token: t, window: w, cutsOf: func(source string) cuts { return cutsOf(c, t, source) }}
	track.own = newLine(gridAt(from, w.Span, w.TokenStep), counts)
	track.own.sampled = make([]bool, track.own.length())
	switch w.LayerStep {
	case 0:
	case w.TokenStep:
		track.joint = track.own
	default:
		track.joint = newLine(gridAt(from, w.Span, w.LayerStep), counts)
	}
	return track
}

// read reads what the history holds of the token, and of those whose past it continues.
func (t *track) read(ctx context.Context, c *layers.Catalogue, h History, span layers.Span) error {
	t.waiting, t.taken = t.waiting[:0], 0
	if err := t.queue(ctx, stretch(h, t.token, span), nil); err != nil {
		return err
	}
	continues := false
	for _, before := range c.ConvertedInto(t.token.Slug) {
		if !t.token.Continues(before) || before.Migration.Since.Before(span.From) {
			continue
		}
		continues = true
		translate := func(s layers.Sample) (layers.Sample, bool) { return continued(c, before, s) }
		if err := t.queue(ctx, stretch(h, before, span), translate); err != nil {
			return err
		}
	}
	if continues {
		slices.SortStableFunc(t.waiting, func(a, b observation) int { return cmp.Compare(a.ms, b.ms) })
	}
	return nil
}

// stretch yields what the history holds of a token in a span.
func stretch(h History, t *layers.Token, span layers.Span) iter.Seq2[layers.Sample, error] {
	last := span.To.Add(-1)
	return read(h, t, last, last.Sub(span.From))
}

// queue keeps samples until their time has come.
func (t *track) queue(ctx context.Context, samples iter.Seq2[layers.Sample, error], translate func(layers.Sample) (layers.Sample, bool)) error {
	for s, err := range samples {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		ok := true
		if translate != nil {
			s, ok = translate(s)
		}
		if ms := s.Time.UnixMilli(); ok && ms > 0 && s.Price.IsPositive() {
			t.waiting = append(t.waiting, observation{ms, s.Price.Float64(), t.feed(s.Source)})
		}
	}
	return nil
}

// feed returns the number of a source's feed, a new one for a new source.
func (t *track) feed(source string) int {
	for i, f := range t.feeds {
		if f.source == source {
			return i
		}
	}
	t.feeds, t.cuts = append(t.feeds, newFeed(source)), append(t.cuts, t.cutsOf(source))
	return len(t.feeds) - 1
}

// advance takes in what waits up to a time, that time included, and makes the returns
// of the steps that have ended by then.
func (t *track) advance(ms int64) {
	for ; t.taken < len(t.waiting) && t.waiting[t.taken].ms <= ms; t.taken++ {
		o := t.waiting[t.taken]
		t.settle(o.ms - 1)
		t.observe(t.feeds[o.feed], o)
	}
	t.settle(ms)
}

// observe files an observation in the rings that the window needs; the coarse one tells
// whether the price is frozen.
func (t *track) observe(f *feed, o observation) {
	if t.window.TokenStep < coarseStep {
		f.fine.add(o.ms, o.price)
	}
	f.coarse.add(o.ms, o.price)
	f.time = max(f.time, o.ms)
}

func (t *track) settle(ms int64) {
	t.own.settle(ms, t.feeds, t.cuts)
	if t.joint != nil && t.joint != t.own {
		t.joint.settle(ms, t.feeds, t.cuts)
	}
}

// assay measures and judges the token at the instant that it was advanced to.
func (t *track) assay(at time.Time) assay {
	g := gridAt(at, t.window.Span, t.window.TokenStep)
	risk := TokenRisk{
		Token: t.token.Slug, Window: t.window, At: g.end(), Steps: g.n,
		ValidSteps: t.own.count, Coverage: float64(t.own.covered) / float64(g.n),
	}
	now := view{at: at}
	judged := now.judge(t.token, t.feeds, t.window, risk.Coverage, t.own.extent())
	risk.Volatility = Figure{Reason: judged.reason}
	if judged.state == Included {
		risk.Volatility = known(volatility.PerYear(t.own.squares.value()/float64(t.own.count), g.step))
	}
	return assay{risk, judged}
}
