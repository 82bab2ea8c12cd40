package main

import (
	"time"

	"strata/cmd/strata/internal/demo/recording"
)

// past is how much history stands before the start of a scenario: the 90 days that
// a backfill asks for at once, and a little.
const past = 95 * 24 * time.Hour

// asset is one token of a scenario.
type asset struct {
	token  string // slug of the catalogue
	symbol string // on the venue
	quote  string
	files  []file // in order of time: a later file begins where the one before it is cut
}

// file is a history of an asset.
type file struct {
	name     string
	interval time.Duration
}

// scenario is the recipe of one recording.
type scenario struct {
	name, title, summary, venue, note string
	start, end                        time.Time
	interval                          time.Duration // of the bars that lie ahead of the start
	assets                            []asset
}

// build reads what the scenario is made of.
func (s scenario) build(from *archive) (*recording.Recording, error) {
	r := &recording.Recording{Header: recording.Header{
		Scenario: s.name, Title: s.title, Summary: s.summary, Venue: s.venue, Note: s.note,
		Start: s.start, End: s.end, Interval: int(s.interval / time.Second),
	}}
	for _, a := range s.assets {
		origin := recording.Origin{Token: a.token, Asset: a.symbol, Quote: a.quote}
		var bars []recording.Bar
		for _, f := range a.files {
			h, err := from.read(f.name, f.interval, s.start.Add(-past), s.end)
			if err != nil {
				return nil, err
			}
			origin.Files = append(origin.Files, h.origin)
			bars = join(bars, h.bars)
		}
		r.Header.Series = append(r.Header.Series, origin)
		r.Series = append(r.Series, recording.Series{Token: a.token, Bars: bars})
	}
	return r, inDollars(r)
}

// join puts finer bars behind coarser ones, which end where the finer begin.
func join(coarse, fine []recording.Bar) []recording.Bar {
	if len(fine) == 0 {
		return coarse
	}
	for len(coarse) > 0 && coarse[len(coarse)-1].Close >= fine[0].Close {
		coarse = coarse[:len(coarse)-1]
	}
	return append(coarse, fine...)
}
