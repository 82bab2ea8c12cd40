package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// Kind says what is wrong with a name.
type Kind string

// The kinds of findings.
const (
	WrongCoin Kind = "wrong_coin" // its price is not that of the others: another coin has the name
	Disputed  Kind = "disputed"   // prices differ and nobody can tell which is wrong
	Dead      Kind = "dead"       // the source does not know it
	NoPrice   Kind = "no_price"   // the source knows it and gives no price
	Frozen    Kind = "frozen"     // its market stands still: settling, delisted or suspended
	Renamed   Kind = "renamed"    // the coin has another ticker now
)

// Finding is something about one name of a token that somebody should look at.
type Finding struct {
	Token  string       `json:"token"`
	Source string       `json:"source"`
	Symbol string       `json:"symbol"` // what the source calls the token by the catalogue
	Kind   Kind         `json:"kind"`
	Detail string       `json:"detail"`
	Place  layers.Place `json:"-"`
	At     string       `json:"at"`             // the place as text: "catalogue.yaml:120"
	Line   string       `json:"line,omitempty"` // what to write there instead; "" when that cannot be told
}

// String writes the finding as compilers do, with the proposed line below.
func (f Finding) String() string {
	text := fmt.Sprintf("%s: %s: %s %s: %s", f.At, f.Token, f.Source, f.Symbol, f.Detail)
	if f.Line != "" {
		text += "\n      " + f.Line
	}
	return text
}

// Join orders findings as a reader of the catalogue meets them. Of two of one kind about
// one name the first stays.
func Join(findings ...[]Finding) []Finding {
	all := slices.Concat(findings...)
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Place.File, b.Place.File), cmp.Compare(a.Place.Line, b.Place.Line),
			cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Token+" "+a.Source, b.Token+" "+b.Source))
	})
	return slices.CompactFunc(all, func(a, b Finding) bool {
		return a.Place == b.Place && a.Kind == b.Kind && a.Token == b.Token && a.Source == b.Source
	})
}

// about begins a finding about a listing.
func about(c *layers.Catalogue, l layers.Listing, kind Kind, format string, args ...any) Finding {
	place := c.ListingPlace(l)
	return Finding{
		Token: l.Token, Source: l.Source, Symbol: l.Symbol, Kind: kind, Detail: fmt.Sprintf(format, args...),
		Place: place, At: place.String(),
	}
}

// ended is the line of a listing that is over.
func ended(l layers.Listing, at time.Time) string {
	l.Valid.To = at
	return fmt.Sprintf("- {source: %s, symbol: %s%s}", l.Source, quoted(l.Symbol), dates(l.Valid))
}

// renamed is the line of a token's tickers with one more.
func renamed(symbols []layers.Symbol, to string, at time.Time) string {
	rows := make([]string, 0, len(symbols)+1)
	for _, s := range symbols {
		if s.Valid.Contains(at) {
			s.Valid.To = at
		}
		rows = append(rows, fmt.Sprintf("{symbol: %s%s}", quoted(s.Symbol), dates(s.Valid)))
	}
	rows = append(rows, fmt.Sprintf("{symbol: %s%s}", quoted(to), dates(layers.Span{From: at})))
	return "symbols: [" + strings.Join(rows, ", ") + "]"
}

// dates writes the dates of a row, to the day.
func dates(s layers.Span) (text string) {
	if !s.From.IsZero() {
		text += ", from: " + s.From.UTC().Format(time.DateOnly)
	}
	if !s.To.IsZero() {
		text += ", to: " + s.To.UTC().Format(time.DateOnly)
	}
	return text
}

// quoted writes a word as YAML takes it for a text.
func quoted(word string) string {
	if strings.ContainsAny(word, ": ,{}[]#'\"") || strings.Trim(word, "0123456789.ex") == "" {
		return "'" + strings.ReplaceAll(word, "'", "''") + "'"
	}
	return word
}
