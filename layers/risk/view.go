package risk

import (
	"time"

	"strata/layers"
	"strata/layers/volatility"
)

// view is the market as it is known at one instant: what every figure is computed
// from. It works out each token once, for however many layers and windows ask.
type view struct {
	catalogue *layers.Catalogue
	book      map[string]*series // by token
	at        time.Time
	previous  *Snapshot // what was published before, nil for nothing
	days      days      // what the layers' volatility was on the days before
	caps      caps      // what the sources say tokens are worth as a whole
	windows   []Window  // those that are asked for

	hour    *view // as of the last full hour, nil until it is asked for
	feeds   map[string]series
	paths   map[pathKey]path
	assayed map[assayKey]assay
	indices map[indexKey]path // of the layers that were asked for
}

type pathKey struct {
	token string
	step  time.Duration
}

type assayKey struct{ token, window string }

// assay is a token in a window: its numbers and whether they may be published.
type assay struct {
	TokenRisk
	verdict
}

func newView(c *layers.Catalogue, book map[string]*series, at time.Time, previous *Snapshot) *view {
	return &view{
		catalogue: c, book: book, at: at, previous: previous, windows: Windows, days: days{}, caps: caps{},
		feeds: map[string]series{}, paths: map[pathKey]path{}, assayed: map[assayKey]assay{}, indices: map[indexKey]path{},
	}
}

// known returns the feeds of a token.
func (v *view) known(token string) series {
	feeds, ok := v.feeds[token]
	if s := v.book[token]; !ok && s != nil {
		feeds = s.known(v.at)
		v.feeds[token] = feeds
	}
	return feeds
}

// path returns a token's returns over the steps of a window on either of its grids.
// Windows that share a step share their steps, so the longest serves them all.
func (v *view) path(token string, w Window, step time.Duration) path {
	key := pathKey{token, step}
	p, ok := v.paths[key]
	if !ok {
		p = v.known(token).path(gridAt(v.at, v.longest(step), step), v.cutter(token))
		v.paths[key] = p
	}
	return p.tail(int(w.Span / step))
}

// longest returns the longest span that is measured in a step.
func (v *view) longest(step time.Duration) time.Duration {
	var span time.Duration
	for _, w := range v.windows {
		if w.TokenStep == step || w.LayerStep == step {
			span = max(span, w.Span)
		}
	}
	return span
}

// lastHour returns the market as it was known at the last full hour.
func (v *view) lastHour() *view {
	if v.hour == nil {
		v.hour = dayView(v.catalogue, v.book, v.at)
	}
	return v.hour
}

// assay measures and judges a token in a window.
func (v *view) assay(t *layers.Token, w Window) assay {
	key := assayKey{t.Slug, w.Name}
	a, ok := v.assayed[key]
	if !ok {
		a = v.measure(t, w)
		v.assayed[key] = a
	}
	return a
}

func (v *view) measure(t *layers.Token, w Window) assay {
	s, g := v.known(t.Slug), gridAt(v.at, w.Span, w.TokenStep)
	p := v.path(t.Slug, w, w.TokenStep)
	returns := p.known()
	risk := TokenRisk{
		Token: t.Slug, Window: w, At: g.end(), Steps: g.n,
		ValidSteps: len(returns), Coverage: s.coverage(g),
	}
	judged := v.judge(t, s, w, risk.Coverage, p.extent())
	risk.Volatility = Figure{Reason: judged.reason}
	if judged.state == Included {
		risk.Volatility = known(volatility.CloseZero(returns, g.step))
	}
	return assay{risk, judged}
}

// known makes a published figure.
func known(value float64) Figure { return Figure{Value: value, Known: true} }

// snapshot computes everything: all layers from the bottom up, all tokens.
func (v *view) snapshot() *Snapshot {
	started := time.Now()
	s := &Snapshot{At: v.at}
	for _, l := range v.catalogue.Layers() {
		for _, w := range Windows {
			s.Layers = append(s.Layers, v.layer(l.Slug, w))
		}
	}
	for _, w := range Windows {
		if w.LayerStep > 0 {
			s.Pairs = append(s.Pairs, v.pairs(w, s.Layers)...)
		}
	}
	for _, t := range v.catalogue.Tokens() {
		if t.Tokenless {
			continue
		}
		for _, w := range Windows {
			s.Tokens = append(s.Tokens, v.assay(t, w).TokenRisk)
		}
		s.Prices = append(s.Prices, v.price(t.Slug))
	}
	s.Took = time.Since(started)
	return s
}
