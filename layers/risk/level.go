package risk

import (
	"context"
	"fmt"
	"time"

	"strata/layers"
)

// levelBase is the level of an index where it begins.
const levelBase = 100

// levelDays is how many days of an index are made from one reading of their history, as
// many as a ring reaches over with the day before them.
const levelDays = 28

// LevelPoint is the level of a layer's index at a full hour.
type LevelPoint struct {
	Time    time.Time
	Level   float64
	Members int // that are held from then on
}

// Level is what equal amounts of money in a layer's members came to.
type Level struct {
	Layer  string
	Points []LevelPoint // from 100 at a midnight on, every hour in which a member has a price
	Now    Figure       // at the last full hour asked for
}

// ComputeLevel answers what the index of a layer's members came to over a span, from the
// first midnight on at which enough members are included. Unlike the returns that
// volatility is made of, it is held: at 00:00 UTC of each day equal amounts of money are put
// in each member that is included on the 1 h grid then, and stay there until the next; on a
// day that begins with too few, what is held is kept. A member that leaves, or has had no
// price for more than three hours while others have, is sold at its last price; who joins
// waits for midnight. Neither moves the level: the divisor takes it up.
//
// Chaining returns of equal weights step by step instead would drift upwards from prices
// that bounce (Blume and Stambaugh 1983).
func ComputeLevel(ctx context.Context, c *layers.Catalogue, h History, layer string, span layers.Span) (Level, error) {
	l, b := Level{Layer: layer}, &basket{catalogue: c, layer: layer, level: levelBase}
	if _, ok := c.Layer(layer); !ok {
		return l, fmt.Errorf("unknown layer %q", layer)
	}
	end, day := span.To.Truncate(coarseStep), span.From.Add(24*time.Hour-1).Truncate(24*time.Hour)
	for !day.After(end) {
		until := day.AddDate(0, 0, levelDays)
		if until.After(end) {
			until = end
		}
		book, err := readLevel(ctx, c, h, layer, day, until)
		if err != nil {
			return l, err
		}
		b.book = book
		for ; !day.After(until) && (day.Before(until) || until.Equal(end)); day = day.AddDate(0, 0, 1) {
			l.addDay(b, day, end)
		}
	}
	l.Now = l.at(end)
	return l, nil
}

// readLevel reads the history of a layer's members over some days and the one before.
func readLevel(ctx context.Context, c *layers.Catalogue, h History, layer string, from, to time.Time) (map[string]*series, error) {
	book, reach := map[string]*series{}, to.Sub(from)+dayReach
	for _, t := range everMembers(c, layer, to, reach) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := readToken(book, c, h, t, to, reach); err != nil {
			return nil, err
		}
	}
	return book, nil
}

// addDay fills the basket anew, and goes on for the hours of a day.
func (l *Level) addDay(b *basket, midnight, end time.Time) {
	b.rebalance(midnight)
	if len(l.Points) == 0 && len(b.held) > 0 {
		l.Points = []LevelPoint{{Time: midnight, Level: b.level}}
	}
	if n := len(l.Points); n > 0 {
		l.Points[n-1].Members = len(b.held)
	}
	for hour := 1; hour <= 24; hour++ {
		at := midnight.Add(time.Duration(hour) * coarseStep)
		if at.After(end) {
			return
		}
		if b.step(at) {
			l.Points = append(l.Points, LevelPoint{Time: at, Level: b.level, Members: len(b.held)})
		}
	}
}

// at returns the level at a time, if that is where the points end.
func (l *Level) at(end time.Time) Figure {
	n := len(l.Points)
	switch {
	case n == 0:
		return Figure{Reason: "on no midnight of the span enough members were included"}
	case l.Points[n-1].Time.Before(end):
		return Figure{Reason: "no member that is held has had a price since " + l.Points[n-1].Time.Format(time.RFC3339)}
	}
	return known(l.Points[n-1].Level)
}
