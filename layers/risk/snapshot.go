package risk

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// Figure is a number that may be withheld. The zero Figure is withheld.
type Figure struct {
	Value  float64
	Known  bool
	Reason string // why it is withheld: which rule failed, and by how much
}

// MarshalJSON writes the value, or null when it is withheld.
func (f Figure) MarshalJSON() ([]byte, error) {
	if !f.Known {
		return []byte("null"), nil
	}
	return json.Marshal(f.Value)
}

// MemberState is what a member of a layer is in one window.
type MemberState string

// The states of a member. The first four are those of live members and of the
// metric strata_layer_members; the others come from the catalogue and are shown,
// not counted.
const (
	Included     MemberState = "included"
	Stale        MemberState = "stale"        // newest sample too old, or none
	Frozen       MemberState = "frozen"       // price unchanged for an hour
	Insufficient MemberState = "insufficient" // too little of the window is covered
)

// Member is one token of a layer in one window.
type Member struct {
	Token      string
	State      MemberState // one of the four above, or a [layers.State] that is not live
	Reason     string      // why it is not included, "" when it is
	Weight     float64     // 1/number of included members, 0 when not included
	Volatility Figure      // token volatility, annualised ratio
	Coverage   float64     // share of intervals with a new sample, 0..1
	RiskShare  Figure      // Euler share of the layer's variance; shares sum to 1
}

// LayerRisk is what is known about one layer in one window. Volatilities are
// annualised ratios: 0.8 is 80 % a year.
type LayerRisk struct {
	Layer           string
	Window          Window
	At              time.Time  // end of the last grid step, UTC
	Steps           int        // steps of the layer grid in the window, 0 when the window has no layer grid
	ValidSteps      int        // steps in which enough members have a return
	Coverage        float64    // ValidSteps / Steps; of a window without a layer grid the mean coverage of the members
	Volatility      Figure     // of the equal-weight index
	Downside        Figure     // of the index, falling steps only
	Weighted        []Weighted // of the indices by market cap, where the window has a layer grid
	MemberMedian    Figure     // median volatility of the included members
	MemberMax       Figure     // highest volatility of the included members
	Dispersion      Figure     // annualised cross-sectional dispersion
	Correlation     Figure     // mean pairwise correlation, -1..1
	Implied         Figure     // the one correlation of all pairs that makes the portfolio's volatility, -1..1
	Diversification Figure     // diversification ratio, at least 1
	ZScore          Figure     // of ln σ against the previous 90 days; 24h only
	Percentile      Figure     // share of the previous days below σ, 0..1; 24h only
	PercentileDays  int        // how many days those were: 365, 90 while too little is known of the year, 0 for none
	Regime          Regime     // by Percentile, "" when that is not known
	Betas           []Beta     // by the slug of the benchmark; where the layer grid is 1 h
	Shrunk          *Shrunk    // the figures of a shrunk covariance matrix, where the steps are few: 24h only
	Members         []Member   // primary members at the instant asked for, ordered by slug
}

// Counts returns how many members are in each state.
func (l *LayerRisk) Counts() map[MemberState]int {
	counts := map[MemberState]int{Included: 0, Stale: 0, Frozen: 0, Insufficient: 0}
	for _, m := range l.Members {
		counts[m.State]++
	}
	return counts
}

// TokenRisk is what is known about one token in one window.
type TokenRisk struct {
	Token      string
	Window     Window
	At         time.Time // end of the last grid step, UTC
	Steps      int
	ValidSteps int
	Coverage   float64 // 0..1
	Volatility Figure  // annualised ratio
}

// TokenPrice is the newest that is known of a token's price.
type TokenPrice struct {
	Token      string
	Price      layers.Decimal // median of the sources' newest samples that are fresh
	Known      bool           // false when no source has a fresh sample
	Reason     string         // why it is not known
	Time       time.Time      // of the oldest sample that went into Price
	LastSample time.Time      // of the newest sample of any source, zero when there is none
	LastChange time.Time      // when a source last saw the price move; the oldest sample when none did, zero when there is none
	Sources    []SourcePrice  // ordered by source
}

// SourcePrice is the newest sample of one source.
type SourcePrice struct {
	Source     string
	Price      layers.Decimal
	Time       time.Time
	LastChange time.Time
	Fresh      bool // young enough to go into the token's price
}

// Snapshot is everything that is known at one instant. It is immutable.
type Snapshot struct {
	At     time.Time     // the instant asked for
	Took   time.Duration // how long computing took
	Layers []LayerRisk   // by layer from the bottom up, then by window
	Pairs  []Pair        // of layers by window, then from the bottom up, where the window has a layer grid
	Tokens []TokenRisk   // by slug, then by window; without the projects that have no token
	Prices []TokenPrice  // by slug; without the projects that have no token
}

// Layer returns what is known of a layer in a window.
func (s *Snapshot) Layer(layer, window string) (*LayerRisk, bool) {
	for i := range s.Layers {
		if s.Layers[i].Layer == layer && s.Layers[i].Window.Name == window {
			return &s.Layers[i], true
		}
	}
	return nil, false
}

// Token returns what is known of a token in a window.
func (s *Snapshot) Token(token, window string) (*TokenRisk, bool) {
	first, _ := slices.BinarySearchFunc(s.Tokens, token, func(r TokenRisk, slug string) int { return strings.Compare(r.Token, slug) })
	for i := first; i < len(s.Tokens) && s.Tokens[i].Token == token; i++ {
		if s.Tokens[i].Window.Name == window {
			return &s.Tokens[i], true
		}
	}
	return nil, false
}

// Price returns the newest that is known of a token's price.
func (s *Snapshot) Price(token string) (*TokenPrice, bool) {
	i, ok := slices.BinarySearchFunc(s.Prices, token, func(p TokenPrice, slug string) int { return strings.Compare(p.Token, slug) })
	if !ok {
		return nil, false
	}
	return &s.Prices[i], true
}
