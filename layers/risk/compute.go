package risk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// Compute answers everything for any instant from history, as if nothing later were
// known. It remembers no earlier snapshot, so numbers are published at the minimum
// coverage and regimes told by their bounds, without hysteresis.
func Compute(ctx context.Context, c *layers.Catalogue, h History, at time.Time) (*Snapshot, error) {
	v, err := readView(ctx, c, h, at, horizon, c.Tokens())
	if err != nil {
		return nil, err
	}
	if err := v.readCaps(ctx, h, c.Tokens(), horizon); err != nil {
		return nil, err
	}
	for _, l := range c.Layers() {
		if err := v.recollect(ctx, h, l.Slug); err != nil {
			return nil, err
		}
	}
	return v.snapshot(), nil
}

// ComputeLayer answers for one layer in one window at any instant, reading only the
// tokens and the stretch of history that it needs. That is a year for the 24h window,
// of which the days before the window may be damaged.
func ComputeLayer(ctx context.Context, c *layers.Catalogue, h History, layer string, w Window, at time.Time) (LayerRisk, error) {
	if _, ok := c.Layer(layer); !ok {
		return LayerRisk{}, fmt.Errorf("unknown layer %q", layer)
	}
	v, err := readView(ctx, c, h, at, reach(w), concerned(c, layer, w, at))
	if err != nil {
		return LayerRisk{}, err
	}
	if err := v.readCaps(ctx, h, everMembers(c, layer, at, reach(w)), w.Span); err != nil {
		return LayerRisk{}, err
	}
	if w.isHeadline() {
		if err := v.recollect(ctx, h, layer); err != nil {
			return LayerRisk{}, err
		}
	}
	return v.layer(layer, w), nil
}

// ComputeToken answers for one token in one window at any instant.
func ComputeToken(ctx context.Context, c *layers.Catalogue, h History, token string, w Window, at time.Time) (TokenRisk, error) {
	t, ok := c.Token(token)
	if !ok {
		return TokenRisk{}, fmt.Errorf("unknown token %q", token)
	}
	v, err := readView(ctx, c, h, at, reach(w), []*layers.Token{t})
	if err != nil {
		return TokenRisk{}, err
	}
	return v.assay(t, w).TokenRisk, nil
}

// readView reads the history of some tokens.
func readView(ctx context.Context, c *layers.Catalogue, h History, at time.Time, reach time.Duration, tokens []*layers.Token) (*view, error) {
	book := map[string]*series{}
	for _, t := range tokens {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := readToken(book, c, h, t, at, reach); err != nil {
			return nil, err
		}
	}
	return newView(c, book, at, nil), nil
}

// readToken files what the history holds of a token, and of those whose past it
// continues, in a stretch of time that ends at an instant, up to the first fault.
func readToken(book map[string]*series, c *layers.Catalogue, h History, t *layers.Token, at time.Time, reach time.Duration) error {
	for sample, err := range read(h, t, at, reach) {
		if err != nil {
			return err
		}
		add(book, sample)
	}
	for _, before := range c.ConvertedInto(t.Slug) {
		if !t.Continues(before) || before.Migration.Since.Before(at.Add(-reach)) {
			continue
		}
		for sample, err := range read(h, before, at, reach) {
			if err != nil {
				return err
			}
			if s, ok := continued(c, before, sample); ok {
				add(book, s)
			}
		}
	}
	return nil
}

// reach is how far back a window needs history: its span, at least a day so that a
// frozen price is seen to be one, and what tolerance and the step add to it.
func reach(w Window) time.Duration { return max(w.Span, 24*time.Hour) + 3*time.Hour }

// concerned returns the tokens that a layer's numbers in a window are made of.
func concerned(c *layers.Catalogue, layer string, w Window, at time.Time) []*layers.Token {
	tokens := everMembers(c, layer, at, reach(w))
	if !w.hasBetas() {
		return tokens
	}
	for _, t := range benchmarks(c) {
		if !slices.Contains(tokens, t) {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

// everMembers returns the tokens that were primary members of a layer at some time in
// a stretch that ends at an instant.
func everMembers(c *layers.Catalogue, layer string, at time.Time, reach time.Duration) []*layers.Token {
	stretch := layers.Span{From: at.Add(-reach), To: at.Add(1)}
	var tokens []*layers.Token
	for _, t := range c.Tokens() {
		for _, m := range t.Memberships {
			if m.Layer == layer && m.Role == layers.Primary && m.Valid.Overlaps(stretch) {
				tokens = append(tokens, t)
				break
			}
		}
	}
	return tokens
}

// ComputePrice answers what was known of the price of a token at any instant.
func ComputePrice(ctx context.Context, c *layers.Catalogue, h History, token string, at time.Time) (TokenPrice, error) {
	t, ok := c.Token(token)
	if !ok {
		return TokenPrice{}, fmt.Errorf("unknown token %q", token)
	}
	v, err := readView(ctx, c, h, at, horizon, []*layers.Token{t})
	if err != nil {
		return TokenPrice{}, err
	}
	return v.price(token), nil
}
