package recording

import (
	"sort"
	"time"

	"strata/layers"
)

// Header says what a recording holds and where it comes from.
type Header struct {
	Scenario string    `json:"scenario"` // "june-2025"
	Title    string    `json:"title"`    // a few words
	Summary  string    `json:"summary"`  // one line
	Venue    string    `json:"venue"`
	Note     string    `json:"note"`  // what a reader of the prices must know
	Start    time.Time `json:"start"` // where the demo starts, the past lies before
	End      time.Time `json:"end"`   // close of the last bar of every series
	Interval int       `json:"interval_seconds"`
	Series   []Origin  `json:"series"`
}

// Origin says what one series is and where it was found.
type Origin struct {
	Token string   `json:"token"` // slug of the catalogue
	Asset string   `json:"asset"` // symbol on the venue at that time
	Quote string   `json:"quote"` // what the venue quoted it in
	Files []string `json:"files"` // public repository and path, in order of time
}

// Bar is the close of one recorded bar.
type Bar struct {
	Close int64 // when the bar closed, unix seconds
	Price layers.Decimal
}

// Series are the bars of one token, oldest first, no two at one time.
type Series struct {
	Token string // slug
	Bars  []Bar
}

// Recording is one scenario.
type Recording struct {
	Header
	Series []Series // in the order of Header.Series
}

// Find returns the series of a token.
func (r *Recording) Find(token string) (*Series, bool) {
	for i := range r.Series {
		if r.Series[i].Token == token {
			return &r.Series[i], true
		}
	}
	return nil, false
}

// Tokens returns the slugs of all series, in the order of the recording.
func (r *Recording) Tokens() []string {
	tokens := make([]string, len(r.Series))
	for i, s := range r.Series {
		tokens[i] = s.Token
	}
	return tokens
}

// From returns when the first bar of the recording closed.
func (r *Recording) From() time.Time {
	var first int64
	for _, s := range r.Series {
		if len(s.Bars) > 0 && (first == 0 || s.Bars[0].Close < first) {
			first = s.Bars[0].Close
		}
	}
	return time.Unix(first, 0).UTC()
}

// At returns the newest bar that had closed at an instant, if any had.
func (s *Series) At(at time.Time) (Bar, bool) {
	n := s.after(at)
	if n == 0 {
		return Bar{}, false
	}
	return s.Bars[n-1], true
}

// Between returns the bars that closed in (from, to], which the caller must not
// change.
func (s *Series) Between(from, to time.Time) []Bar {
	first := s.after(from)
	return s.Bars[first:max(first, s.after(to))]
}

// after returns the index of the first bar that closes after an instant.
func (s *Series) after(at time.Time) int {
	return sort.Search(len(s.Bars), func(i int) bool { return s.Bars[i].Close > at.Unix() })
}
