package layers

import (
	"slices"
	"time"
)

// Name is what people call something, in the languages of the page.
type Name struct {
	EN string `json:"en" yaml:"en"`
	JA string `json:"ja,omitempty" yaml:"ja"`
}

// Layer is one floor of the stack.
type Layer struct {
	Slug          string // permanent: "infrastructure"
	Order         int    // 1 at the bottom of the stack
	Name          Name
	Subcategories []Subcategory // in the order of the map
}

// Subcategory is a part of a layer.
type Subcategory struct {
	Slug string // permanent, unique within its layer
	Name Name
}

// Role says whether a membership is the token's main one.
type Role string

// The roles. At any instant a token has exactly one primary membership.
const (
	Primary   Role = "primary"
	Secondary Role = "secondary"
)

// Membership places a token in a layer for a span of time. The weights of all
// memberships of a token that are valid at one instant sum to 1.
type Membership struct {
	Layer       string
	Subcategory string
	Role        Role
	Weight      float64
	Valid       Span
}

// Listing is the name under which a source knows a token, for a span of time:
// the id of an aggregator ("bittensor" at coingecko) or the symbol of a market
// ("TAO/USD" at kraken).
type Listing struct {
	Token  string // slug
	Source string
	Symbol string
	Valid  Span
}

// Symbol is a ticker of a token, for a span of time.
type Symbol struct {
	Symbol string
	Valid  Span
}

// Migration says what became of a token that was converted into another.
type Migration struct {
	To    string    // slug of the successor
	Ratio float64   // units of the successor for one unit of this token; 0 if not known
	Since time.Time // UTC
}

// Event is something a reader of the numbers should know about a token.
type Event struct {
	Date   string // "2024-07-01", or less exact: "2025-10", "2021"
	Type   string // "migration", "delisting", "rename", ...
	Detail string
}

// State is what a token is at an instant, as far as the catalogue knows.
type State string

// The states of a token. Only a live token counts as a member whose price is
// expected; the others are shown and never priced.
const (
	Live      State = "live"
	Unlisted  State = "unlisted"  // has a token, but no valid id or listing at that time
	Tokenless State = "tokenless" // a project without a token
	Delisted  State = "delisted"  // the token no longer trades anywhere
	Migrated  State = "migrated"  // converted into another token
)

// Token is one asset or project of the catalogue.
type Token struct {
	Slug        string // permanent: "bittensor", never the ticker
	Name        string
	Tokenless   bool      // a project without a token
	Delisted    time.Time // zero while it trades
	Migration   *Migration
	Symbols     []Symbol // newest last
	Memberships []Membership
	Listings    []Listing
	Events      []Event
	Pegged      bool   // follows a peg: a price that stands still is no fault
	Benchmark   bool   // bitcoin, ethereum: others are compared with it; when it is pegged too, quotes are counted in it
	Notes       string // what to beware of
}

// Symbol returns the ticker at t, or "" for none.
func (t *Token) Symbol(at time.Time) string {
	for _, s := range slices.Backward(t.Symbols) {
		if s.Valid.Contains(at) {
			return s.Symbol
		}
	}
	return ""
}

// State returns what the token is at an instant.
func (t *Token) State(at time.Time) State {
	switch {
	case t.Tokenless:
		return Tokenless
	case t.Migration != nil && !at.Before(t.Migration.Since):
		return Migrated
	case !t.Delisted.IsZero() && !at.Before(t.Delisted):
		return Delisted
	case !slices.ContainsFunc(t.Listings, func(l Listing) bool { return l.Valid.Contains(at) }):
		return Unlisted
	}
	return Live
}

// Continues says whether the past of another token is this one's: it was converted into
// this one at a known ratio before this one had a name at any source. A token that
// traded already when another was merged into it has a past of its own.
func (t *Token) Continues(other *Token) bool {
	m := other.Migration
	return m != nil && m.To == t.Slug && m.Ratio > 0 &&
		!slices.ContainsFunc(t.Listings, func(l Listing) bool { return l.Valid.From.Before(m.Since) })
}

// Primary returns the token's primary membership at an instant. A benchmark that
// stands in no layer has none.
func (t *Token) Primary(at time.Time) (Membership, bool) {
	for _, m := range t.Memberships {
		if m.Role == Primary && m.Valid.Contains(at) {
			return m, true
		}
	}
	return Membership{}, false
}

// Catalogue holds the layers and tokens that strata knows. It is immutable.
type Catalogue struct {
	version  string
	layers   []Layer
	tokens   []*Token
	bySlug   map[string]*Token
	bySymbol map[sourceSymbol][]Listing
	bySource map[string][]listed
	intoSlug map[string][]*Token // those converted into it
	where    map[string]Place    // of the rows: "token bittensor", "layer middleware", [Listing.row]
}

type sourceSymbol struct{ source, symbol string }

// listed is one of the listings of a token, by its index.
type listed struct {
	token *Token
	index int
}

// Version returns the catalogue's own version, a date.
func (c *Catalogue) Version() string { return c.version }

// Layers returns the layers from the bottom of the stack to the top. The caller
// must not change it.
func (c *Catalogue) Layers() []Layer { return c.layers }

// Layer returns the layer with that slug.
func (c *Catalogue) Layer(slug string) (Layer, bool) {
	i := slices.IndexFunc(c.layers, func(l Layer) bool { return l.Slug == slug })
	if i < 0 {
		return Layer{}, false
	}
	return c.layers[i], true
}

// Tokens returns all tokens and projects, ordered by slug. The caller must not
// change it.
func (c *Catalogue) Tokens() []*Token { return c.tokens }

// Token returns the token with that slug.
func (c *Catalogue) Token(slug string) (*Token, bool) {
	t, ok := c.bySlug[slug]
	return t, ok
}

// ConvertedInto returns the tokens that were, or will be, converted into one, ordered by
// slug.
func (c *Catalogue) ConvertedInto(slug string) []*Token { return c.intoSlug[slug] }

// PrimaryMembers answers which tokens were primary members of a layer at an
// instant, whatever their state, ordered by slug.
func (c *Catalogue) PrimaryMembers(layer string, at time.Time) []*Token {
	var members []*Token
	for _, t := range c.tokens {
		if m, ok := t.Primary(at); ok && m.Layer == layer {
			members = append(members, t)
		}
	}
	return members
}

// Members answers which tokens had any membership in a layer at an instant,
// primary or secondary, ordered by slug.
func (c *Catalogue) Members(layer string, at time.Time) []*Token {
	var members []*Token
	for _, t := range c.tokens {
		if slices.ContainsFunc(t.Memberships, func(m Membership) bool { return m.Layer == layer && m.Valid.Contains(at) }) {
			members = append(members, t)
		}
	}
	return members
}

// Listings returns what a source lists at an instant, of live tokens only,
// ordered by token.
func (c *Catalogue) Listings(source string, at time.Time) []Listing {
	rows := c.bySource[source]
	listings := make([]Listing, 0, len(rows))
	for _, row := range rows {
		l := &row.token.Listings[row.index]
		if l.Valid.Contains(at) && row.token.State(at) == Live {
			listings = append(listings, *l)
		}
	}
	return listings
}

// Resolve answers which token a source meant by a symbol at an instant.
func (c *Catalogue) Resolve(source, symbol string, at time.Time) (*Token, bool) {
	for _, l := range c.bySymbol[sourceSymbol{source, symbol}] {
		if l.Valid.Contains(at) {
			return c.bySlug[l.Token], true
		}
	}
	return nil, false
}
