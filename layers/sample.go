package layers

import (
	"strings"
	"time"
)

// Sample is one accepted price: what one source said one token costs, in US
// dollars. All samples of one cycle of the collector carry the same time.
type Sample struct {
	Token  string // slug of the catalogue
	Source string // name of the source: "coingecko", "kraken", "import"
	Time   time.Time
	Price  Decimal // US dollars, exact, greater than zero

	// Optional, zero when not given: US dollars traded in the 24 hours before, and
	// the value of all tokens in circulation in US dollars.
	Volume, MarketCap Decimal
}

// Span is a half-open stretch of time, [From, To), in UTC. A zero From means
// since ever, a zero To means until further notice.
type Span struct {
	From, To time.Time
}

// Contains says whether t lies in the span.
func (s Span) Contains(t time.Time) bool {
	return (s.From.IsZero() || !t.Before(s.From)) && (s.To.IsZero() || t.Before(s.To))
}

// Overlaps says whether the two spans share an instant.
func (s Span) Overlaps(other Span) bool {
	return (s.To.IsZero() || other.From.IsZero() || other.From.Before(s.To)) &&
		(other.To.IsZero() || s.From.IsZero() || s.From.Before(other.To))
}

// String writes the span for people: "from 2024-07-01 to 2025-01-01", "at any time".
func (s Span) String() string {
	var words []string
	if !s.From.IsZero() {
		words = append(words, "from "+day(s.From))
	}
	if !s.To.IsZero() {
		words = append(words, "to "+day(s.To))
	}
	if len(words) == 0 {
		return "at any time"
	}
	return strings.Join(words, " ")
}

// day writes a midnight as its day.
func day(t time.Time) string {
	if t = t.UTC(); t.Equal(t.Truncate(24 * time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}
